import type { DebianPackage } from './debian-package.ts';
import { emptyRoot, type FileTree, putFile } from './file-tree.ts';

/** What nobody reads in a ramdisk. */
const leftOut =
  /^(boot|usr\/share\/(man|doc|info|locale|lintian|bug|i18n|bash-completion|zsh|fish|icons|pixmaps|menu|doc-base|common-licenses|gtk-doc|debconf|initramfs-tools|vim\/vim90\/(doc|tutor|lang)))\//;

export function debianRoot(packages: readonly DebianPackage[]): FileTree {
  const tree = emptyRoot();
  for (const { name, files } of packages) {
    if (name.startsWith('linux-image-')) continue;
    for (const [path, entry] of files) if (!leftOut.test(`${path}/`) && !isTaken(tree, path)) tree.set(path, entry);
  }
  completeAccounts(tree);
  completeCertificates(tree);
  putFile(tree, 'etc/machine-id', '');
  putFile(tree, 'etc/hostname', 'ironhand\n');
  putFile(tree, 'etc/hosts', '127.0.0.1 localhost ironhand\n::1 localhost ironhand\n');
  tree.set('etc/resolv.conf', { kind: 'symlink', target: '/run/systemd/resolve/stub-resolv.conf' });
  return tree;
}

function isTaken(tree: FileTree, path: string): boolean {
  return ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64'].includes(path) && tree.has(path);
}

/** What base-passwd would do when it is configured; systemd-sysusers(8) adds to it. */
function completeAccounts(tree: FileTree): void {
  for (const [name, master] of [
    ['passwd', 'passwd.master'],
    ['group', 'group.master'],
  ] as const) {
    const entry = tree.get(`usr/share/base-passwd/${master}`);
    if (entry?.kind === 'file') putFile(tree, `etc/${name}`, entry.content.toString().replaceAll(':*:', ':x:'));
  }
}

/** What update-ca-certificates(8) would do. */
function completeCertificates(tree: FileTree): void {
  const names = [...tree.keys()].filter(
    (name) => name.startsWith('usr/share/ca-certificates/') && name.endsWith('.crt'),
  );
  const all = names.sort().flatMap((name) => {
    const entry = tree.get(name);
    return entry?.kind === 'file' ? [entry.content] : [];
  });
  putFile(tree, 'etc/ssl/certs/ca-certificates.crt', Buffer.concat(all));
}
