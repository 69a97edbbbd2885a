import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { InjectionError } from './injection-error.ts';
import { directoryInside, show, statsOf } from './inside-root.ts';
import type { LoadedFile } from './load-contents.ts';

/** What must be found at a place afterwards. */
export interface PlacedFile {
  /** Real components below the root of the file system. */
  readonly names: readonly string[];
  readonly replaced: 'nothing' | 'file' | 'link';
  /** null: nothing is there. */
  readonly state: {
    readonly bytes: Uint8Array;
    readonly mode: number;
    readonly owner: number;
    readonly group: number;
  } | null;
}

/** Where a file goes, and what is in its place now. */
interface Target {
  readonly directory: readonly string[];
  readonly missing: readonly string[];
  readonly name: string;
  readonly old: { readonly mode: number; readonly uid: number; readonly gid: number } | null;
  readonly oldKind: PlacedFile['replaced'];
}

const usualMode = 0o644;
const usualDirectoryMode = 0o755;

/**
 * Looks where a file goes. Links on the way are followed inside the file system; one in its very place is not: it is what gets
 * replaced or deleted. Throws InjectionError where a directory, a device, a pipe or a socket is in its place.
 */
export async function findTarget(root: string, names: readonly string[]): Promise<Target> {
  const name = names.at(-1) ?? '';
  const { names: directory, missing } = await directoryInside(root, names.slice(0, -1));
  const stats = missing.length > 0 ? null : await statsOf(join(root, ...directory, name));
  if (stats === null) return { directory, missing, name, old: null, oldKind: 'nothing' };
  if (stats.isSymbolicLink()) return { directory, missing, name, old: null, oldKind: 'link' };
  if (stats.isFile()) return { directory, missing, name, old: stats, oldKind: 'file' };
  const kind = stats.isDirectory() ? 'a directory' : 'no regular file';
  throw new InjectionError(`${show([...directory, name])} is there and is ${kind}`);
}

/** Gives a new file what its predecessor has beside mode and owner: access lists, labels of SELinux. */
export type CopyAttributes = (from: string, to: string) => Promise<void>;

/**
 * Writes a file, or deletes it: a crash leaves the old one or the new one, whole. Throws InjectionError, the error of the
 * operating system, or that of `copyAttributes`.
 */
export async function putFile(root: string, file: LoadedFile, copyAttributes: CopyAttributes): Promise<PlacedFile> {
  const target = await findTarget(root, file.names);
  const names = [...target.directory, ...target.missing, target.name];
  if (file.bytes === null) {
    if (target.oldKind !== 'nothing') {
      await unlink(join(root, ...names));
      await sync(join(root, ...target.directory));
    }
    return { names, replaced: target.oldKind, state: null };
  }
  const state = {
    bytes: file.bytes,
    mode: file.mode ?? (target.old ? target.old.mode & 0o7777 : usualMode),
    owner: file.owner ?? target.old?.uid ?? 0,
    group: file.group ?? target.old?.gid ?? 0,
  };
  const directory = await makeDirectories(root, target, file.directoryMode ?? usualDirectoryMode);
  const inherit: CopyAttributes = target.oldKind === 'file' ? copyAttributes : async () => undefined;
  await replace(directory, target.name, state, inherit);
  return { names, replaced: target.oldKind, state };
}

async function makeDirectories(root: string, { directory, missing }: Target, mode: number): Promise<string> {
  let place = join(root, ...directory);
  for (const name of missing) {
    const parent = place;
    place = join(parent, name);
    await mkdir(place, 0o700);
    // mkdir(2) would take the umask of this process into account.
    await chmod(place, mode);
    await sync(parent);
  }
  return place;
}

async function replace(
  directory: string,
  name: string,
  state: NonNullable<PlacedFile['state']>,
  inherit: CopyAttributes,
): Promise<void> {
  const place = join(directory, name);
  const temporary = join(directory, temporaryName(name));
  // What a killed run has left there.
  await rm(temporary, { force: true });
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    await using file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    await inherit(place, temporary);
    await file.writeFile(state.bytes);
    // In this order: chown(2) takes set-user-ID away.
    await file.chown(state.owner, state.group);
    await file.chmod(state.mode);
    await file.sync();
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await sync(directory);
}

/** Beside the file, always the same for the same name, and never too long. */
function temporaryName(name: string): string {
  return `.ironhand-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

async function sync(directory: string): Promise<void> {
  await using handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  await handle.sync();
}
