import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { StateDir } from './state-dir.ts';

/** Return value of a job whose result lies in a file. */
export const storedResult = { $stored: true } as const;

export function isStoredResult(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$stored' in value && value.$stored === true;
}

/** The JSON text of a stored result. */
export function readStoredResult(state: StateDir, jobId: string): string {
  return readFileSync(path.join(state.results, `${jobId}.json`), 'utf8');
}
