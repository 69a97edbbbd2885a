import type { DiskWriter } from '../disk/disk-writer.ts';
import type { ReplaySegment } from '../qcow2/replay.ts';
import type { ByteSource } from '../stream/byte-source.ts';
import type { ImageObject } from '../stream/image-object.ts';

export interface Replay {
  /** In source order, without a gap from byte 0 on. */
  readonly segments: Iterable<ReplaySegment>;
  /** Where the segments end, if what follows is to come from the object; null ends the stream there. */
  readonly rest: number | null;
  readonly writer: Pick<DiskWriter, 'read'>;
  readonly object: ImageObject;
}

/**
 * The source once more: what an interrupted run has written as it was served comes from the device, all else from the object. Throws DeviceReadError and what the object throws.
 */
export function replaySource({ segments, rest: restFrom, writer, object }: Replay): ByteSource {
  const following = segments[Symbol.iterator]();
  let current: ReplaySegment | null = null;
  let rest: ByteSource | null = null;
  let closedFor: Error | null = null;

  /** The next bytes of the segments; null behind the last. */
  async function replayed(into: Uint8Array): Promise<number | null> {
    current ??= following.next().value ?? null;
    if (current === null) return null;
    const part = into.subarray(0, current.length);
    if (current.kind === 'device') await writer.read(part, current.guestOffset);
    else part.set(await object.readAt(current.offset, part.length));
    current = without(current, part.length);
    return part.length;
  }

  async function remaining(into: Uint8Array): Promise<number> {
    if (restFrom === null) return 0;
    rest ??= await object.readFrom(restFrom);
    return rest.fill(into);
  }

  async function some(into: Uint8Array): Promise<number> {
    const count = (await replayed(into)) ?? (await remaining(into));
    if (!closedFor) return count;
    rest?.close(closedFor);
    throw closedFor;
  }

  return {
    sizeBytes: object.sizeBytes,
    async fill(into) {
      if (closedFor) throw closedFor;
      let filled = 0;
      for (let count = -1; filled < into.length && count !== 0; filled += count) {
        count = await some(into.subarray(filled));
      }
      return filled;
    },
    close(reason = new Error('the reader was closed')) {
      closedFor ??= reason;
      rest?.close(reason);
    },
  };
}

/** What is left of a segment; null for nothing. */
function without(segment: ReplaySegment, taken: number): ReplaySegment | null {
  const length = segment.length - taken;
  if (length === 0) return null;
  return segment.kind === 'device'
    ? { ...segment, guestOffset: segment.guestOffset + taken, length }
    : { ...segment, offset: segment.offset + taken, length };
}
