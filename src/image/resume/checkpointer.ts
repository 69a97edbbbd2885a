import { deflateSync, inflateSync } from 'node:zlib';
import type { DiskWriter } from '../disk/disk-writer.ts';
import type { HeldBack } from '../disk/held-back.ts';

const mostSeconds = 5;

export interface CheckpointerOptions {
  readonly writer: DiskWriter;
  /** Source bytes after which a checkpoint is due. */
  readonly everyBytes: number;
  /** Where the run began. */
  readonly from: number;
  save(offset: number, held: string): void;
  /** A flush that failed, or a checkpoint that could not be saved: the job cannot go on. */
  onFailure(error: Error): void;
}

/** Saves checkpoints beside the stream, never before the device has flushed what they promise. */
export interface Checkpointer {
  /** All source bytes before `offset` are on the device or held back. */
  settled(offset: number): void;
  /** Resolves when no checkpoint is being made any more; none is begun afterwards. */
  end(): Promise<void>;
}

/** Counts from `from`: what lies before is durable already. */
export function createCheckpointer(options: CheckpointerOptions): Checkpointer {
  const { writer, everyBytes, save } = options;
  let saved = options.from;
  let savedAt = performance.now();
  let running: Promise<void> | null = null;
  let ended = false;

  async function make(offset: number): Promise<void> {
    // What is held now holds at least what belongs to `offset`; more does no harm, for it is decoded to the same place again.
    const held = packHeld(writer.held);
    await writer.flush();
    save(offset, held);
    saved = offset;
    savedAt = performance.now();
  }

  return {
    settled(offset) {
      if (ended || running || offset <= saved) return;
      if (offset - saved < everyBytes && performance.now() - savedAt < mostSeconds * 1000) return;
      running = make(offset)
        .catch(options.onFailure)
        .finally(() => {
          running = null;
        });
    },
    async end() {
      ended = true;
      await running;
    },
  };
}

/** Mostly zeros and a partition table, so a few KiB. */
function packHeld({ head, tail }: HeldBack): string {
  return deflateSync(Buffer.concat([head.bytes, tail.bytes]), { level: 1 }).toString('base64');
}

/** Puts the held parts of a checkpoint back; false where they are not those of such a device. */
export function unpackHeld(packed: string, { head, tail }: HeldBack): boolean {
  const size = head.bytes.length + tail.bytes.length;
  const bytes = inflated(packed, size);
  if (bytes?.length !== size) return false;
  head.bytes.set(bytes.subarray(0, head.bytes.length));
  tail.bytes.set(bytes.subarray(head.bytes.length));
  return true;
}

function inflated(packed: string, mostBytes: number): Uint8Array | null {
  try {
    return inflateSync(Buffer.from(packed, 'base64'), { maxOutputLength: mostBytes });
  } catch {
    return null;
  }
}
