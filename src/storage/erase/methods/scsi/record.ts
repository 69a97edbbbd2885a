/** What is on record of an operation of a SCSI disk, from before its command goes out. */
export interface ScsiRecord {
  readonly kind: 'scsi-operation';
  /** `sanitize-crypto`, `format`. */
  readonly operation: string;
  /** `intent`: the command may have been sent; `accepted`: the disk took it. */
  readonly phase: 'intent' | 'accepted';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of the program that began it; null where it ended without a word of the disk. */
  readonly exitCode: number | null;
}

export function intentRecord(operation: string): ScsiRecord {
  const startedAt = new Date().toISOString();
  return { kind: 'scsi-operation', operation, phase: 'intent', startedAt, exitCode: null };
}

/** null where there is none. Throws for that of another operation, or what is none: nobody knows then what the disk was told. */
export function readScsiRecord(value: unknown, operation: string): ScsiRecord | null {
  if (value === null) return null;
  if (isScsiRecord(value) && value.operation === operation) return value;
  throw new Error(`the record of an interrupted ${operation} cannot be read: ${JSON.stringify(value).slice(0, 200)}`);
}

function isScsiRecord(value: unknown): value is ScsiRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, operation, phase, startedAt } = value as Partial<ScsiRecord>;
  const isPhase = phase === 'intent' || phase === 'accepted';
  return kind === 'scsi-operation' && isPhase && typeof operation === 'string' && typeof startedAt === 'string';
}
