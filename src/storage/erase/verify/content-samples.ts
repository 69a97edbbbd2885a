import { randomInt } from 'node:crypto';
import { allocateAligned } from '../../device-io/aligned-memory.ts';
import { type DiskTarget, readInto } from '../../device-io/disk-target.ts';
import type { Check } from '../method.ts';
import { kindOfContent } from './content-kind.ts';
import { shortDigest } from './short-digest.ts';

/** What lay at one place before the erase; only what can be told from an erased block. */
export interface ContentSample {
  readonly offset: number;
  /** A short digest. */
  readonly digest: string;
}

const sampleBytes = 4096;
const sampleCount = 256;
/** A disk may take minutes for each place that it cannot read: what so many of them say is enough. */
const mostUnreadable = 8;

/**
 * Remembers what lies at random places, where it is neither one byte repeated nor unreadable: such a block could be the same
 * after an erase. Takes fewer on a disk that cannot be read at several of them. Throws the reason of the signal.
 */
export async function takeSamples(target: DiskTarget, signal?: AbortSignal): Promise<readonly ContentSample[]> {
  const block = allocateAligned(sampleBytes);
  const samples: ContentSample[] = [];
  let unreadable = 0;
  for (const offset of randomPlaces(target)) {
    signal?.throwIfAborted();
    const isRead = await readInto(target, block, offset).then(
      () => true,
      () => false,
    );
    if (isRead && kindOfContent(block) !== 'uniform') samples.push({ offset, digest: shortDigest(block) });
    if (!isRead) unreadable += 1;
    if (unreadable >= mostUnreadable) break;
  }
  return samples;
}

export interface SampleCheckOptions {
  /** A crypto erase leaves what looks random, or one byte repeated; anything with structure is suspicious. */
  readonly expectNoStructure: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Compares with what was there, and looks at what kind of content there is now; no further than until the disk cannot be read at
 * several places, which fails the check. Throws the reason of the signal.
 */
export async function compareSamples(
  target: DiskTarget,
  samples: readonly ContentSample[],
  { expectNoStructure, signal }: SampleCheckOptions,
): Promise<Check> {
  const block = allocateAligned(sampleBytes);
  const before = new Map(samples.map(({ offset, digest }) => [offset, digest]));
  const places = new Set([...before.keys(), ...randomPlaces(target)]);
  const kinds = { uniform: 0, random: 0, structured: 0, unreadable: 0 };
  let unchanged = 0;
  for (const offset of places) {
    signal?.throwIfAborted();
    try {
      await readInto(target, block, offset);
    } catch {
      kinds.unreadable += 1;
      if (kinds.unreadable >= mostUnreadable) break;
      continue;
    }
    kinds[kindOfContent(block)] += 1;
    if (before.get(offset) === shortDigest(block)) unchanged += 1;
  }
  const found = `${kinds.uniform} uniform, ${kinds.random} random, ${kinds.structured} structured, ${kinds.unreadable} unreadable`;
  const passed = unchanged === 0 && kinds.unreadable === 0 && !(expectNoStructure && kinds.structured > 0);
  const compared =
    samples.length === 0
      ? 'no sampled block held anything that could be told again'
      : `${unchanged} of ${samples.length} sampled blocks are what they were`;
  const detail = `${compared}; now: ${found} of ${places.size}`;
  return { name: 'samples', passed, detail };
}

function randomPlaces({ sizeBytes }: DiskTarget): readonly number[] {
  const blocks = Math.floor(sizeBytes / sampleBytes);
  const places = new Set<number>();
  while (places.size < Math.min(sampleCount, blocks)) places.add(randomInt(Math.min(blocks, 2 ** 48 - 1)));
  return [...places].sort((one, other) => one - other).map((block) => block * sampleBytes);
}
