import { EraseMethodError, type MethodRecord } from '../../method.ts';

/** How far one secure erase is. What is about to be done is on record before it is done. */
export interface SecureEraseRecord {
  /**
   * `password`: a password is being set, and none, or ours, is on the drive; `erasing`: the erase was, perhaps, begun;
   * `erased`: it has ended well, and security was seen disabled.
   */
  readonly state: 'password' | 'erasing' | 'erased';
  readonly password: string;
  /** With which the drive was found; null where security was disabled. */
  readonly foundPassword: string | null;
  /** ISO 8601, UTC */
  readonly startedAt: string;
  /** Of the erase; null before. */
  readonly seconds: number | null;
}

/** null where nothing was begun; throws EraseMethodError for a record that is none of these. */
export function readSecureEraseRecord(record: MethodRecord): SecureEraseRecord | null {
  const saved = record.read();
  if (saved === null || saved === undefined) return null;
  if (!isSecureEraseRecord(saved)) {
    throw new EraseMethodError('the record of an interrupted secure erase cannot be read: nobody knows what was done');
  }
  return saved;
}

function isSecureEraseRecord(value: unknown): value is SecureEraseRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { state, password, startedAt } = value as Readonly<Record<string, unknown>>;
  const isState = state === 'password' || state === 'erasing' || state === 'erased';
  return isState && typeof password === 'string' && typeof startedAt === 'string';
}
