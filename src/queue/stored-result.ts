import { readFileSync } from 'node:fs';
import { jobFile, wipeFile, writeRootOnly } from './root-only-file.ts';
import type { StateDir } from './state-dir.ts';

/** Return value of a job whose result lies in a file. */
export const storedResult = { $stored: true } as const;

export function isStoredResult(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$stored' in value && value.$stored === true;
}

export function writeStoredResult(state: StateDir, jobId: string, text: string): void {
  writeRootOnly(jobFile(state.results, jobId), text);
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
