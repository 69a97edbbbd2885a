import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CompatibilityResult } from '../../../scripts/docs/compatibility-page.ts';

/** Where the results of the last run are; scripts/docs/compatibility-page.ts makes a table of them. */
export const resultsFolder = path.join(import.meta.dirname, '../../../.cache/ironic-results');

export async function recordResult(result: Omit<CompatibilityResult, 'date'>): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const file = path.join(resultsFolder, `${result.release}-${result.flow}.json`);
  await writeFile(file, `${JSON.stringify({ ...result, date })}\n`);
}
