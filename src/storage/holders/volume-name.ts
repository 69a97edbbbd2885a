/**
 * `group/volume` of a device-mapper name of LVM, in which a hyphen parts group, volume and layer, and a doubled one stands for
 * itself (`lib/misc/lvm-string.c` of LVM2: build_dm_name); null for a name that is none. A layer (`real`, `cow`, `tpool`)
 * belongs to its volume.
 */
export function volumeNameOf(name: string | null): string | null {
  if (name === null || !/^[a-zA-Z0-9+_.-]+$/.test(name)) return null;
  const parts = name
    .replaceAll('--', '/')
    .split('-')
    .map((part) => part.replaceAll('/', '-'));
  const [group, volume, , tooMuch] = parts;
  return group && volume && tooMuch === undefined ? `${group}/${volume}` : null;
}
