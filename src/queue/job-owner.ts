import { readFileSync, readlinkSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { hasErrorCode } from '../errors/guards.ts';
import type { Keys } from './keys.ts';

/** A process that cannot be mistaken for a later one with the same pid. */
export interface JobOwner {
  readonly pid: number;
  /** Clock ticks from boot to its start: field 22 of /proc/PID/stat, proc(5). */
  readonly startTime: string;
  /** Inode of its pid namespace: pids of another container say nothing here. */
  readonly pidNamespace: string;
}

/** The process that began a job last, and how often the job has been begun. */
export interface JobClaim extends JobOwner {
  readonly starts: number;
}

export function thisProcess(): JobOwner {
  return { pid: process.pid, startTime: startTimeOf('self'), pidNamespace: namespaceOf('self') };
}

/** True while that very process lives. One of another namespace is taken for dead: each group has one process. */
export function isAlive(owner: JobOwner): boolean {
  if (owner.pidNamespace !== namespaceOf('self')) return false;
  try {
    return startTimeOf(String(owner.pid)) === owner.startTime;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH')) return false;
    throw error;
  }
}

function startTimeOf(pid: string): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = fields[19];
  if (startTime === undefined) throw new Error(`/proc/${pid}/stat: expected at least 22 fields`);
  return fields[0] === 'Z' ? 'zombie' : startTime;
}

function namespaceOf(pid: string): string {
  return readlinkSync(`/proc/${pid}/ns/pid`);
}

/** Who runs which job, so that a job whose process died is told apart from one that merely lost its lock. */
export class JobOwners {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#key = keys.owners;
  }

  /** The last claim of the job; null when nobody has begun it. */
  async of(jobId: string): Promise<JobClaim | null> {
    const text = await this.#redis.hget(this.#key, jobId);
    return text === null ? null : (JSON.parse(text) as JobClaim);
  }

  /** Claims a job that nobody has begun before; false when somebody has. */
  async claimFirst(jobId: string, owner: JobOwner): Promise<boolean> {
    return (await this.#redis.hsetnx(this.#key, jobId, claimText(owner, 1))) === 1;
  }

  /** For a job that is gone. */
  async forget(jobId: string): Promise<void> {
    await this.#redis.hdel(this.#key, jobId);
  }

  /** Claims a job after somebody else; for the holder of its lock, as nobody else may do so at the same time. */
  async claimAfter(previous: JobClaim | null, jobId: string, owner: JobOwner): Promise<void> {
    await this.#redis.hset(this.#key, jobId, claimText(owner, (previous?.starts ?? 0) + 1));
  }
}

function claimText({ pid, startTime, pidNamespace }: JobOwner, starts: number): string {
  return JSON.stringify({ pid, startTime, pidNamespace, starts } satisfies JobClaim);
}
