import { isObject } from '../../../errors/guards.ts';
import type { ByteRange } from '../../device-io/byte-range.ts';
import type { MethodRecord } from '../method.ts';
import type { MetadataErase } from './metadata-plan.ts';

/** What outlives the process: the plan, because the table that it came from goes, and how many of its actions are flushed. */
export interface MetadataProgress {
  readonly sizeBytes: number;
  readonly plan: readonly MetadataErase[];
  readonly done: number;
}

/** null where there is none. Throws where there is one that is not understood, or one of a disk of another size. */
export function readRecord(record: MethodRecord, sizeBytes: number): MetadataProgress | null {
  const saved = record.read();
  if (saved === null || saved === undefined) return null;
  if (!isProgress(saved)) throw new Error('the record of the metadata erase is not understood');
  if (saved.sizeBytes !== sizeBytes) {
    throw new Error(`the record is of a disk of ${saved.sizeBytes} bytes, this one has ${sizeBytes}`);
  }
  return saved;
}

function isProgress(value: unknown): value is MetadataProgress {
  if (!isObject(value) || !isCount(value.sizeBytes) || !isCount(value.done) || !Array.isArray(value.plan)) return false;
  const { sizeBytes, done, plan } = value;
  return done <= plan.length && plan.length > 0 && plan.every((action) => isAction(action, sizeBytes));
}

function isAction(value: unknown, sizeBytes: number): value is MetadataErase {
  if (!isObject(value) || typeof value.name !== 'string' || !Array.isArray(value.zero)) return false;
  return [value.region, ...value.zero].every((range) => isRange(range, sizeBytes));
}

function isRange(value: unknown, sizeBytes: number): value is ByteRange {
  if (!isObject(value) || !isCount(value.start) || !isCount(value.end)) return false;
  return value.start < value.end && value.end <= sizeBytes;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
