import { allocateAligned } from '../../device-io/aligned-memory.ts';

/** Page-aligned memory for as long as somebody works with it: `using lease = leaseBlocks(4)`. The content is anybody's. */
export interface BlockLease extends Disposable {
  readonly blocks: readonly Buffer[];
}

/**
 * Size of the blocks of a stream, and of those that are read back. Part of what a stream is: no disk that was written with
 * another one can be compared.
 */
export const blockBytes = 1024 * 1024;

const free: Buffer[] = [];
/** Those of before, as long as nobody has collected them. */
let forgotten: WeakRef<Buffer>[] = [];
let leases = 0;

/**
 * Such memory is only given back to the system by the garbage collector, some time; disks that are erased side by side or one
 * after another therefore take the blocks of those that are done.
 */
export function leaseBlocks(count: number): BlockLease {
  leases += 1;
  free.push(...forgotten.flatMap((block) => block.deref() ?? []));
  forgotten = [];
  const blocks = Array.from({ length: count }, () => free.pop() ?? allocateAligned(blockBytes));
  let isOver = false;
  return {
    blocks,
    [Symbol.dispose]() {
      if (isOver) return;
      isOver = true;
      leases -= 1;
      free.push(...blocks);
      if (leases === 0) forgotten = free.splice(0).map((block) => new WeakRef(block));
    },
  };
}

const evenBlocks = new Map<number, WeakRef<Buffer>>();

/** Page-aligned memory that holds one byte everywhere, which all disks share: nobody may write to it. */
export function evenBlock(byte: number): Buffer {
  const known = evenBlocks.get(byte)?.deref();
  if (known) return known;
  // Filled, although it is zero already: memory that was never touched is one single page over and over, which no disk can take
  // in one piece.
  const block = allocateAligned(evenBlockBytes).fill(byte);
  evenBlocks.set(byte, new WeakRef(block));
  return block;
}

/** What O_DIRECT needs for its full speed. */
export const evenBlockBytes = 4 * 1024 * 1024;
