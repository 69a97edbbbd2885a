import { closeSync, fchmodSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { asciiJson } from '../core/ascii-json.ts';
import { jobFile, wipeFile } from './root-only-file.ts';
import type { StateDir } from './state-dir.ts';

/** Return value of a job whose result lies in a file: JSON in ASCII, so that it can be sent as it is. */
export const storedResult = { $stored: true } as const;

export function isStoredResult(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$stored' in value && value.$stored === true;
}

export function writeStoredResult(state: StateDir, jobId: string, result: unknown): void {
  const file = createStoredResult(state, jobId);
  try {
    file.append(asciiJson(result));
    file.finish();
  } finally {
    file.close();
  }
}

/** A result that is written piece by piece. */
export interface GrowingResult {
  /** Text: the pieces together are JSON in ASCII. */
  append(text: string): void;
  /** All of it is there: from now on it is the result. */
  finish(): void;
  /** Wipes what was written, unless it is finished. */
  close(): void;
}

export function createStoredResult(state: StateDir, jobId: string): GrowingResult {
  const file = jobFile(state.results, jobId);
  const unfinished = `${file}.tmp`;
  wipeFile(unfinished); // of a process that died in the middle
  const descriptor = openSync(unfinished, 'wx', 0o600);
  fchmodSync(descriptor, 0o660); // the api sends it and wipes it, see shareState
  let isFinished = false;
  return {
    append: (text) => {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    },
    finish: () => {
      renameSync(unfinished, file);
      isFinished = true;
    },
    close: () => {
      closeSync(descriptor);
      if (!isFinished) wipeFile(unfinished);
    },
  };
}

/** The result of a job as it is, where it is large from its file; that is removed. */
export function takeResult(state: StateDir, jobId: string, result: unknown): unknown {
  if (!isStoredResult(result)) return result;
  const text = readStoredResult(state, jobId);
  wipeFile(jobFile(state.results, jobId));
  return JSON.parse(text) as unknown;
}

/** The JSON text of a stored result. */
export function readStoredResult(state: StateDir, jobId: string): string {
  return readFileSync(jobFile(state.results, jobId), 'utf8');
}

/** Where the JSON text of a stored result lies. */
export function storedResultFile(state: StateDir, jobId: string): { readonly file: string; readonly bytes: number } {
  const file = jobFile(state.results, jobId);
  return { file, bytes: statSync(file).size };
}
