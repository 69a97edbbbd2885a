const memoryFileSystems = new Set(['rootfs', 'tmpfs', 'ramfs']);

/**
 * Whether the root file system lives in memory, by the text of /proc/self/mountinfo (proc(5)). Where several file systems
 * lie on top of each other at `/`, all of them must; where none is listed, as in a chroot, the answer is no.
 */
export function isRootInMemory(mountInfo: string): boolean {
  const types = mountInfo.split('\n').flatMap((line) => {
    const [mount = '', source = ''] = line.split(' - ');
    return mount.split(' ')[4] === '/' ? [source.split(' ')[0] ?? ''] : [];
  });
  return types.length > 0 && types.every((type) => memoryFileSystems.has(type));
}
