import { isObject } from '../../../../errors/guards.ts';
import type { NvmeSanitizeLog } from '../../../../tools/nvme-sanitize-log.ts';

type LogState = Pick<NvmeSanitizeLog, 'state' | 'cdw10' | 'globalErased' | 'passes'>;

/** What is on record of a sanitize, from before its command goes out. */
export interface SanitizeRecord {
  readonly kind: 'nvme-sanitize';
  /** `intent`: the command may have been sent; `started`: the drive took it. */
  readonly phase: 'intent' | 'started';
  readonly cdw10: number;
  /** The log just before the command. */
  readonly before: LogState;
  /** The log has spoken of it as under way. */
  readonly seen: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of the program that began it; null where that is not known. */
  readonly exitCode: number | null;
}

/** What the log of the drive says of the sanitize on record. */
export type Standing =
  /** Nothing was begun: one can be. */
  | 'none'
  | 'under-way'
  /** Well or badly. */
  | 'ended'
  /** One that we did not begin is under way. */
  | 'foreign'
  /** The drive took our command, and there is no trace of it. */
  | 'lost';

/**
 * A sanitize counts as ours only by the record and by the command that the log names. One that has ended counts as new only when
 * it was seen under way or when the log changed since: most drives have been sanitized in the very same way before. The bit
 * `globalErased` changes too, because something was written before this erase.
 */
export function judgeLog(log: NvmeSanitizeLog, record: SanitizeRecord | null): Standing {
  const isOurCommand = record !== null && log.cdw10 === record.cdw10;
  if (log.state === 'under-way') return isOurCommand ? 'under-way' : 'foreign';
  if (record === null) return 'none';
  const isNew = record.seen || stateText(log) !== stateText(record.before);
  if (isOurCommand && isNew && log.state !== 'never') return 'ended';
  return record.phase === 'intent' ? 'none' : 'lost';
}

export function intentRecord(cdw10: number, log: NvmeSanitizeLog): SanitizeRecord {
  const { state, globalErased, passes } = log;
  const before = { state, cdw10: log.cdw10, globalErased, passes };
  const startedAt = new Date().toISOString();
  return { kind: 'nvme-sanitize', phase: 'intent', cdw10, before, seen: false, startedAt, exitCode: null };
}

/** null where there is none. Throws for anything else: nobody knows then what the drive was told. */
export function readSanitizeRecord(value: unknown): SanitizeRecord | null {
  if (value === null) return null;
  if (isSanitizeRecord(value)) return value;
  throw new Error(`the record of an interrupted sanitize cannot be read: ${JSON.stringify(value).slice(0, 200)}`);
}

function isSanitizeRecord(value: unknown): value is SanitizeRecord {
  const { kind, phase, cdw10, before, seen, startedAt } = value as Partial<SanitizeRecord>;
  const isWhole = typeof cdw10 === 'number' && typeof seen === 'boolean' && typeof startedAt === 'string';
  return kind === 'nvme-sanitize' && (phase === 'intent' || phase === 'started') && isWhole && isObject(before);
}

function stateText({ state, cdw10, globalErased, passes }: LogState): string {
  return JSON.stringify([state, cdw10, globalErased, passes]);
}
