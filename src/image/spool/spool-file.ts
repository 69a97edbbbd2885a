import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../../errors/guards.ts';
import type { ByteSource } from '../stream/byte-source.ts';
import type { ImageObject } from '../stream/image-object.ts';
import { SpoolError } from './spool-error.ts';

/** An image in a file of ours, root-only and in memory; disposal removes the file. */
export interface SpoolFile extends ImageObject {
  readonly path: string;
  readonly sizeBytes: number;
}

/** A spool file that is being made. */
export interface SpoolDraft {
  readonly path: string;
  readonly handle: FileHandle;
  /** Says that the first `sizeBytes` are the image; from now on the disposal of the result removes the file. */
  finish(sizeBytes: number): SpoolFile;
  /** Removes the file; for failures. */
  discard(): Promise<void>;
}

/** An empty file with a name of its own. Throws SpoolError. */
export async function createSpoolDraft(dir: string): Promise<SpoolDraft> {
  const file = path.join(dir, `image-${randomUUID()}`);
  const handle = await open(file, 'wx+', 0o600).catch((error: unknown) => {
    throw new SpoolError(`cannot make a spool file in ${dir}: ${errorText(error)}`, { cause: error });
  });
  const discard = async (): Promise<void> => {
    await handle.close();
    await unlink(file);
  };
  return { path: file, handle, discard, finish: (sizeBytes) => spoolFile(file, handle, sizeBytes, discard) };
}

function spoolFile(file: string, handle: FileHandle, sizeBytes: number, discard: () => Promise<void>): SpoolFile {
  let removal: Promise<void> | undefined;
  return {
    path: file,
    sizeBytes,
    validator: null,
    hasRandomAccess: true,
    fetchedBytes: 0,
    async readAt(offset, length) {
      const bytes = new Uint8Array(length);
      const done = await fill(handle, file, bytes, offset);
      if (done === length) return bytes;
      throw new SpoolError(`${file} ends at byte ${offset + done}, ${length} bytes at ${offset} were wanted`);
    },
    readFrom: async (offset) => readSource(handle, file, offset, sizeBytes),
    [Symbol.asyncDispose]() {
      removal ??= discard();
      return removal;
    },
  };
}

function readSource(handle: FileHandle, file: string, start: number, sizeBytes: number): ByteSource {
  let offset = start;
  let closed: Error | null = null;
  return {
    sizeBytes: Math.max(0, sizeBytes - start),
    async fill(into) {
      if (closed) throw closed;
      const wanted = Math.min(into.length, Math.max(0, sizeBytes - offset));
      const done = await fill(handle, file, into.subarray(0, wanted), offset);
      if (closed) throw closed;
      if (done < wanted) throw new SpoolError(`${file} ends at byte ${offset + done} of ${sizeBytes}`);
      offset += done;
      return done;
    },
    close(reason) {
      closed ??= reason ?? new SpoolError(`${file} was closed while it was read`);
    },
  };
}

async function fill(handle: FileHandle, file: string, into: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, offset + done).catch((error: unknown) => {
      throw new SpoolError(`cannot read ${file} at byte ${offset + done}: ${errorText(error)}`, { cause: error });
    });
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
