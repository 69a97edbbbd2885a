import { type ByteRange, mergeRanges } from '../../device-io/byte-range.ts';
import type { DiskTarget } from '../../device-io/disk-target.ts';
import type { Pass } from '../erase-options.ts';
import { streamKeyBytes } from './keyed-stream.ts';
import type { PassContent } from './pass-source.ts';

/** How far an overwrite is, as it is written down. Everything before `position` is durable. */
export interface OverwriteRecord {
  readonly version: 1;
  readonly sizeBytes: number;
  readonly passes: readonly Pass[];
  /** Index of the pass that is under way; the number of passes when all are done. */
  readonly pass: number;
  /** Hex, of the stream of this pass, or of the last one when all are done; null where that is no stream. */
  readonly key: string | null;
  readonly position: number;
  /** That were written, in all passes. */
  readonly bytes: number;
  readonly badRanges: readonly ByteRange[];
  /** How often a run went on from it. */
  readonly resumed: number;
}

/** The record of this disk and these passes; null where there is none, or where it is anything else. */
export function parseRecord(
  value: unknown,
  target: Pick<DiskTarget, 'sizeBytes' | 'sectorBytes'>,
  passes: readonly Pass[],
): OverwriteRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const record = value as Partial<Record<keyof OverwriteRecord, unknown>>;
  const { sizeBytes, sectorBytes } = target;
  const { version, pass, key, position, bytes, badRanges, resumed } = record;
  if (version !== 1 || record.sizeBytes !== sizeBytes) return null;
  if (JSON.stringify(record.passes) !== JSON.stringify(passes)) return null;
  if (!isCount(pass, passes.length) || !isCount(position, sizeBytes) || position % sectorBytes !== 0) return null;
  if (pass === passes.length && position !== sizeBytes) return null;
  if (!isCount(bytes, Math.min(pass, passes.length - 1) * sizeBytes + position)) return null;
  if (!isKeyOf(key, passAt(passes, pass)) || !isCount(resumed, Number.MAX_SAFE_INTEGER)) return null;
  if (!areRanges(badRanges, target)) return null;
  return { version, sizeBytes, passes, pass, key, position, bytes, badRanges, resumed };
}

/** The pass whose content a record stands for. */
export function passAt(passes: readonly Pass[], index: number): Pass {
  const pass = passes[Math.min(index, passes.length - 1)];
  if (!pass) throw new RangeError('an overwrite without a pass');
  return pass;
}

/** What the pass of the record writes, or, when all are done, what the last one wrote. */
export function contentOf({ passes, pass, key }: Pick<OverwriteRecord, 'passes' | 'pass' | 'key'>): PassContent {
  const now = passAt(passes, pass);
  if (now.kind !== 'stream') return now;
  if (key === null) throw new Error('a stream pass without a key');
  return { kind: 'stream', key: Buffer.from(key, 'hex') };
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isKeyOf(value: unknown, pass: Pass): value is string | null {
  if (pass.kind !== 'stream') return value === null;
  return typeof value === 'string' && value.length === 2 * streamKeyBytes && /^[0-9a-f]+$/.test(value);
}

function areRanges(value: unknown, target: Pick<DiskTarget, 'sizeBytes' | 'sectorBytes'>): value is ByteRange[] {
  if (!Array.isArray(value)) return false;
  const ranges = value as readonly Partial<ByteRange>[];
  const isRange = ({ start, end }: Partial<ByteRange>): boolean =>
    isCount(start, target.sizeBytes) && isCount(end, target.sizeBytes);
  if (!ranges.every((range) => typeof range === 'object' && range !== null && isRange(range))) return false;
  return JSON.stringify(mergeRanges(value as ByteRange[], target)) === JSON.stringify(value);
}
