import { readdirSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';
import { jobFile, readOthersFile, wipeFile, writeRootOnly } from './root-only-file.ts';
import type { StateDir } from './state-dir.ts';

/** Where a secret stood, job data holds this object instead: `{"$secret": 3}`. */
interface SecretReference {
  readonly $secret: number;
}

/**
 * Takes secrets out of a value. `isSecret` decides by key and value; what it names, of any type, is replaced by a reference.
 * So is whatever looks like a reference itself, that it may not stand for a secret when they are put back. Returns the same
 * shape and the secrets in the order of their references.
 */
export function extractSecrets(
  value: Readonly<Record<string, unknown>>,
  isSecret: (key: string, value: unknown) => boolean,
): { readonly params: Record<string, unknown>; readonly secrets: readonly unknown[] } {
  const indexes = new Map<unknown, number>();
  const refer = (secret: unknown): SecretReference => {
    const index = indexes.get(secret) ?? indexes.size;
    indexes.set(secret, index);
    return { $secret: index };
  };
  const walk = (key: string, inner: unknown): unknown => {
    if (inner !== null && inner !== undefined && (isSecret(key, inner) || isReference(inner))) return refer(inner);
    if (Array.isArray(inner)) return inner.map((item) => walk(key, item));
    if (typeof inner === 'object' && inner !== null) {
      return Object.fromEntries(Object.entries(inner).map(([name, item]) => [name, walk(name, item)]));
    }
    return inner;
  };
  return { params: walk('', value) as Record<string, unknown>, secrets: [...indexes.keys()] };
}

/** Puts something in the place of every reference. */
export function replaceReferences(value: unknown, replace: (index: number) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  if (isReference(value)) return replace(value.$secret);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceReferences(item, replace)]));
}

function isReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || !('$secret' in value)) return false;
  return Number.isInteger(value.$secret) && Object.keys(value).length === 1;
}

/** The root-only side store: one file a job, wiped when the job has ended. */
export class SecretStore {
  readonly #dir: string;

  constructor(state: StateDir) {
    this.#dir = state.secrets;
  }

  /** There before it returns, since the job may start the moment it is queued. (Not on disk: a reboot forgets it anyway.) */
  save(jobId: string, secrets: readonly unknown[]): void {
    if (secrets.length === 0) return;
    writeRootOnly(jobFile(this.#dir, jobId), JSON.stringify(secrets));
  }

  load(jobId: string): readonly unknown[] {
    try {
      return JSON.parse(readOthersFile(jobFile(this.#dir, jobId))) as unknown[];
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Overwrites, then removes; nothing happens where there is none. */
  wipe(jobId: string): void {
    wipeFile(jobFile(this.#dir, jobId));
  }

  /** Wipes what was left by an api that died between saving and recording: of every job that is not needed any more. */
  sweep(isNeeded: (jobId: string) => boolean): void {
    for (const name of readdirSync(this.#dir)) {
      const jobId = /^([\w-]+)\.json$/.exec(name)?.[1];
      if (jobId === undefined) wipeFile(path.join(this.#dir, name));
      else if (!isNeeded(jobId)) this.wipe(jobId);
    }
  }
}
