import { makeAccounts } from './accounts.ts';
import type { BaseFacts } from './base/base-facts.ts';
import { type FileTree, putFile } from './file-tree.ts';

const declaration = /^usr\/lib\/sysusers\.d\/[^/]+\.conf$/;

/** Makes the accounts that files of sysusers.d(5) declare, those of the base and those in the tree. */
export function addAccounts(tree: FileTree, { passwdMaster, groupMaster, sysusers }: BaseFacts): void {
  const texts = new Map(Object.entries(sysusers));
  for (const [path, entry] of tree)
    if (declaration.test(path) && entry.kind === 'file') texts.set(path, entry.content.toString());
  const inOrder = [...texts.keys()].sort().map((path) => texts.get(path) ?? '');
  const { passwd, group, shadow } = makeAccounts(passwdMaster, groupMaster, inOrder);
  putFile(tree, 'etc/passwd', passwd);
  putFile(tree, 'etc/group', group);
  putFile(tree, 'etc/shadow', shadow, 0o600);
}
