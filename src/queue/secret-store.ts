import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';
import type { StateDir } from './state-dir.ts';

/** Where a secret stood, job data holds this object instead: `{"$secret": 3}`. */
interface SecretReference {
  readonly $secret: number;
}

/**
 * Takes secrets out of a value. `isSecret` decides by key and value; what it names, of any type, is replaced by a reference.
 * Returns the same shape and the secrets in the order of their references.
 */
export function extractSecrets(
  value: Readonly<Record<string, unknown>>,
  isSecret: (key: string, value: unknown) => boolean,
): { readonly params: Record<string, unknown>; readonly secrets: readonly unknown[] } {
  const secrets: unknown[] = [];
  const walk = (key: string, inner: unknown): unknown => {
    if (inner !== null && inner !== undefined && isSecret(key, inner)) {
      const known = secrets.indexOf(inner);
      return { $secret: known >= 0 ? known : secrets.push(inner) - 1 } satisfies SecretReference;
    }
    if (Array.isArray(inner)) return inner.map((item) => walk(key, item));
    if (typeof inner === 'object' && inner !== null) {
      return Object.fromEntries(Object.entries(inner).map(([name, item]) => [name, walk(name, item)]));
    }
    return inner;
  };
  return { params: walk('', value) as Record<string, unknown>, secrets };
}

/** Puts something in the place of every reference. */
export function replaceReferences(value: unknown, replace: (index: number) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  if (isReference(value)) return replace(value.$secret);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceReferences(item, replace)]));
}

function isReference(value: object): value is SecretReference {
  return '$secret' in value && Number.isInteger(value.$secret) && Object.keys(value).length === 1;
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
    const file = this.#file(jobId);
    writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  load(jobId: string): readonly unknown[] {
    try {
      return JSON.parse(readFileSync(this.#file(jobId), 'utf8')) as unknown[];
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Overwrites, then removes; nothing happens where there is none. */
  wipe(jobId: string): void {
    const file = this.#file(jobId);
    try {
      const descriptor = openSync(file, 'r+');
      try {
        writeSync(descriptor, Buffer.alloc(statSync(file).size), 0, undefined, 0);
        } finally {
        closeSync(descriptor);
      }
      rmSync(file);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }

  #file(jobId: string): string {
    return path.join(this.#dir, `${jobId}.json`);
  }
}
