import { contentOf, type FileTree, putFile, putLink } from '../file-tree.ts';

const nsswitch = `passwd: files
group: files
shadow: files
hosts: files resolve [!UNAVAIL=return] dns
networks: files
protocols: files
services: files
ethers: files
rpc: files
`;

export const caBundle = 'etc/ssl/certs/ca-certificates.crt';

// The rules of udev name them.
const udevGroups = 'g input -\ng kvm -\ng render -\ng sgx -\n';

/** What the packages would do when they are configured, as far as a ramdisk needs it. */
export function completeRoot(tree: FileTree): void {
  putFile(tree, 'etc/machine-id', ''); // systemd makes one for each boot: machine-id(5)
  putFile(tree, 'etc/hostname', 'ironhand\n');
  putFile(tree, 'etc/hosts', '127.0.0.1 localhost ironhand\n::1 localhost ironhand\n');
  putFile(tree, 'etc/nsswitch.conf', nsswitch);
  putFile(tree, caBundle, certificates(tree));
  putFile(tree, 'usr/lib/sysusers.d/udev.conf', udevGroups);
  putLink(tree, 'var/run', '/run');
  putLink(tree, 'var/lock', '/run/lock');
  putLink(tree, 'init', 'usr/lib/systemd/systemd');
  if (tree.has('usr/bin/mawk')) putLink(tree, 'usr/bin/awk', 'mawk');
}

/** As update-ca-certificates(8): all in one file; the single ones go. */
function certificates(tree: FileTree): Buffer {
  const names = [...tree.keys()].filter((name) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(name)).sort();
  const all = names.map((name) => contentOf(tree, name));
  for (const name of names) tree.delete(name);
  return Buffer.concat(all);
}
