import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';
import type { LogSource } from './log-source.ts';

/** Of each file the end counts. */
const longestFileBytes = 4 * 1024 * 1024;

export function fileSource(member: string, path: string): LogSource {
  return {
    member,
    limitBytes: longestFileBytes,
    timeoutSeconds: 5,
    open() {
      const start = Math.max(0, statSync(path).size - longestFileBytes);
      // The files of /proc say that they are empty.
      const stream = createReadStream(path, { start });
      return { chunks: textOf(stream, start > 0), stop: () => void stream.destroy() };
    },
  };
}

/** Nothing of a file that is no text, and nothing of a line whose beginning is not there: a secret in it could not be told. */
async function* textOf(stream: AsyncIterable<Buffer>, isCut: boolean): AsyncGenerator<Buffer, void> {
  let isBeforeLine = isCut;
  for await (const chunk of stream) {
    if (chunk.includes(0)) return;
    const from = isBeforeLine ? chunk.indexOf('\n') + 1 : 0;
    if (isBeforeLine && from === 0) continue;
    isBeforeLine = false;
    yield chunk.subarray(from);
  }
}

/** The files below a directory, those that changed last first. */
export function directorySources(directory: string): readonly LogSource[] {
  return filesBelow(directory).map((path) => fileSource(`var-log/${relative(directory, path)}`, path));
}

function filesBelow(directory: string): readonly string[] {
  return entriesBelow(directory)
    .map((path) => ({ path, changed: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.changed - one.changed)
    .map(({ path }) => path);
}

/** Links are not followed, neither to files nor to directories, which readdir(recursive) of Node does: they lead to no logs. */
function entriesBelow(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return entriesBelow(path);
      return entry.isFile() ? [path] : [];
    });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}
