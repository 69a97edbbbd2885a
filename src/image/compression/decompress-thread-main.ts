import { parentPort, workerData } from 'node:worker_threads';
import { createDecodeLoop, type DecodeReply } from './decode-loop.ts';
import { DataProblem } from './decoder.ts';
import { createGzipDecoder } from './gzip-decoder.ts';
import { createZstdDecoder } from './zstd-decoder.ts';

/** The kinds that a thread of ours decodes. */
export type NativeKind = 'gzip' | 'zstd';

/** What the thread is started with. */
export interface DecompressThreadData {
  readonly kind: NativeKind;
}

/** Compressed bytes to read, room to write to (both in shared memory), or the word that no input follows. */
export type DecompressTask = { readonly input: Uint8Array } | { readonly output: Uint8Array } | 'end';

/** What the thread says; nothing follows `end` and `problem`. */
export type DecompressReply =
  | DecodeReply
  | {
      readonly kind: 'problem';
      readonly problem: string;
      readonly offset: number;
      readonly decompressedBytes: number;
      readonly cause: unknown;
    };

const decoders = { gzip: createGzipDecoder, zstd: createZstdDecoder };
const { kind } = workerData as DecompressThreadData;
const post = (reply: DecompressReply): void => parentPort?.postMessage(reply);
const loop = createDecodeLoop(decoders[kind](), post);
let isBroken = false;

parentPort?.on('message', (task: DecompressTask) => {
  if (isBroken) return;
  try {
    if (task === 'end') loop.noMoreInput();
    else if ('input' in task) loop.input(task.input);
    else loop.output(task.output);
  } catch (error) {
    if (!(error instanceof DataProblem)) throw error;
    isBroken = true;
    const { message: problem, offset, cause } = error;
    post({ kind: 'problem', problem, offset, decompressedBytes: loop.producedBytes, cause });
  }
});
