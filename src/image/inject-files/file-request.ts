import joi from 'joi';

/** One entry of `files`, as it travels; what is null counts as left out. */
export interface WireFile {
  readonly path: string;
  readonly partition?: number | string | null;
  readonly content?: string | null;
  readonly deleted?: boolean | null;
  readonly mode?: number | null;
  readonly dirmode?: number | null;
  readonly owner?: number | null;
  readonly group?: number | null;
}

/** What is to become of one path in the installed system. */
export interface FileRequest {
  /** As it was given, for messages. */
  readonly path: string;
  /** Its components: at least one, none of them `.` or `..`. */
  readonly names: readonly string[];
  /** Number on the root device, or path of a device; null: the first that has the first directory of the path. */
  readonly partition: number | string | null;
  /** Base64 or an address; null deletes what is there. */
  readonly content: string | null;
  readonly mode: number | null;
  readonly directoryMode: number | null;
  readonly owner: number | null;
  readonly group: number | null;
}

/** limits.h of Linux: NAME_MAX and PATH_MAX with its final zero byte. */
const longestNameBytes = 255;
const longestPathBytes = 4095;
const largestMode = 0o7777;
/** The id above it stands for "unchanged" in chown(2). */
const largestId = 2 ** 32 - 2;

const mode = joi.number().integer().min(0).max(largestMode).allow(null);
const id = joi.number().integer().min(0).max(largestId).allow(null);

export const wireFileSchema = joi
  .object<WireFile>({
    path: joi.string().required().custom(checkPath).description('Where the file is in the installed system.'),
    partition: joi
      .alternatives(
        joi.number().integer().min(1),
        joi.string().pattern(/^([1-9]\d*|\/dev\/.+)$/, 'number or /dev path'),
      )
      .allow(null)
      .description(
        'Number of a partition of the root device, or path of any device. Default: the first partition of the root device ' +
          'that has the first directory of the path.',
      ),
    content: joi
      .string()
      .allow('', null)
      .description('Base64, or an http(s) address, in which {node[...]} and {ports[...]} are filled in.'),
    deleted: joi.boolean().allow(null).description('Delete the file instead of writing it.'),
    mode: mode.description('Permissions of the file. Default: those of the file that is replaced, else 420 (0o644).'),
    dirmode: mode.description('Permissions of the directories that have to be made. Default: 493 (0o755).'),
    owner: id.description('User id of the owner. Default: that of the file that is replaced, else 0.'),
    group: id.description('Group id. Default: that of the file that is replaced, else 0.'),
  })
  .custom(checkDeed);

function checkPath(path: string, helpers: joi.CustomHelpers): string | joi.ErrorReport {
  const refuse = (what: string): joi.ErrorReport => helpers.message({ custom: `{{#label}} ${what}` });
  const names = namesOf(path);
  if (path.includes('\0')) return refuse('must not contain a zero byte');
  if (path.endsWith('/') || names.length === 0) return refuse('must name a file, so it must not end with a slash');
  if (names.some((name) => name === '.' || name === '..')) return refuse('must not contain "." or ".." as a directory');
  if (Buffer.byteLength(path) > longestPathBytes) return refuse(`must not be longer than ${longestPathBytes} bytes`);
  const isTooLong = names.some((name) => Buffer.byteLength(name) > longestNameBytes);
  return isTooLong ? refuse(`must not contain a name of more than ${longestNameBytes} bytes`) : path;
}

function checkDeed(file: WireFile, helpers: joi.CustomHelpers): WireFile | joi.ErrorReport {
  const refuse = (what: string): joi.ErrorReport => helpers.message({ custom: `{{#label}} ${what}` });
  const hasContent = typeof file.content === 'string';
  if (file.deleted && hasContent) return refuse('must not have both "content" and "deleted"');
  if (!file.deleted && !hasContent) return refuse('must have either "content" or "deleted"');
  const isAtTop = namesOf(file.path).length === 1 && (file.partition ?? null) === null;
  return isAtTop ? refuse('must have "partition", since its "path" has no directory to find one by') : file;
}

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '');
}

/** Of an entry that the schema has passed. */
export function fileFromWire(file: WireFile): FileRequest {
  const { path, partition = null, mode: ownMode, dirmode, owner, group } = file;
  return {
    path,
    names: namesOf(path),
    partition: typeof partition === 'string' && /^\d+$/.test(partition) ? Number(partition) : partition,
    content: file.deleted ? null : (file.content ?? ''),
    mode: ownMode ?? null,
    directoryMode: dirmode ?? null,
    owner: owner ?? null,
    group: group ?? null,
  };
}
