import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { QueueName } from '../core/queue-name.ts';
import { JobSignatureError } from '../errors/catalogue.ts';
import type { StateDir } from './state-dir.ts';

/** What a job carries. Clear text in Redis and on the dashboard: secrets are references (see secret-store.ts). */
export interface JobData {
  /** Full name, `standby.prepare_image`. */
  readonly command: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly acceptedAt: string;
  readonly signature: string;
}

export type UnsignedJobData = Omit<JobData, 'signature'>;

/**
 * Signs jobs and checks them, so that write access to Redis is not a shell on a root process: only who can read the
 * root-only key file can make a job that a worker accepts.
 */
export class JobSigner {
  readonly #key: Buffer;

  constructor(state: StateDir) {
    this.#key = readFileSync(state.jobKey);
  }

  sign(queue: QueueName, id: string, data: UnsignedJobData): JobData {
    return { ...data, signature: this.#signature(queue, id, data) };
  }

  /**
   * The same text for the same command with the same parameters, secrets included: with the key, so that no secret can be
   * guessed by it.
   */
  digest(command: string, params: Readonly<Record<string, unknown>>): string {
    return createHmac('sha256', this.#key)
      .update(canonical([command, params]))
      .digest('base64url');
  }

  /** Throws JobSignatureError unless exactly this job in this queue was signed by this agent. */
  verify(queue: QueueName, id: string, data: JobData): void {
    if (this.#isSigned(queue, id, data)) return;
    throw new JobSignatureError(`job ${id} in queue ${queue}: the signature does not match; it is not run`);
  }

  /** What comes out of Redis may be anything. */
  #isSigned(queue: QueueName, id: string, data: Partial<JobData> | null | undefined): data is JobData {
    if (typeof data?.signature !== 'string') return false;
    const expected = Buffer.from(this.#signature(queue, id, data as JobData));
    const actual = Buffer.from(data.signature);
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }

  #signature(queue: QueueName, id: string, data: UnsignedJobData): string {
    const { command, params, acceptedAt } = data;
    const text = JSON.stringify([queue, id, command, canonical(params), acceptedAt]);
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
