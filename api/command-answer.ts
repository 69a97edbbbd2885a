import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { asciiJson } from '../src/core/ascii-json.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { isStoredResult, storedResultFile } from '../src/queue/stored-result.ts';
import type { ListedCommand } from './command-list.ts';
import { presentCommand } from './present.ts';

/** JSON that is sent while it is read. */
export interface JsonStream {
  readonly stream: Readable;
  readonly bytes: number;
}

/**
 * The JSON of one command whose result lies in a file, piece by piece, with that result in it; null for every other command,
 * which the list has as a text.
 */
export function streamedCommand({ command, outcome }: ListedCommand, state: StateDir): JsonStream | null {
  if (outcome.kind !== 'succeeded' || !isStoredResult(outcome.result)) return null;
  const { file, bytes } = storedResultFile(state, command.id);
  // The result is the last of the fields: what comes before it is that of a command without one.
  const { command_result: _, ...fields } = presentCommand({ ...command, mode: 'sync' }, outcome, state);
  const head = Buffer.from(`${asciiJson(fields).slice(0, -1)},"command_result":`);
  const tail = Buffer.from('}');
  return {
    stream: Readable.from(pieces(head, file, tail), { objectMode: false }),
    bytes: head.length + bytes + tail.length,
  };
}

async function* pieces(head: Buffer, file: string, tail: Buffer): AsyncGenerator<Buffer, void> {
  yield head;
  for await (const piece of createReadStream(file)) yield piece as Buffer;
  yield tail;
}
