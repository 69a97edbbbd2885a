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

  /** The process that started the job last; null when none did. */
  async of(jobId: string): Promise<JobOwner | null> {
    const text = await this.#redis.hget(this.#key, jobId);
    return text === null ? null : (JSON.parse(text) as JobOwner);
  }

  /** Claims a job that nobody has started before; false when somebody has. */
  async claimFirst(jobId: string, owner: JobOwner): Promise<boolean> {
    return (await this.#redis.hsetnx(this.#key, jobId, JSON.stringify(owner))) === 1;
  }

  /** Claims a job whatever came before. */
  async claim(jobId: string, owner: JobOwner): Promise<void> {
    await this.#redis.hset(this.#key, jobId, JSON.stringify(owner));
  }
}
