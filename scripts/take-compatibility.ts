/** `npm run compatibility`: takes over what the last `npm run test:ironic` found, for docs/compatibility.md. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder } from '../test/ironic/lab/results.ts';
import { type CompatibilityResult, compatibilityFile } from './docs/compatibility-page.ts';

const results = globSync('*.json', { cwd: resultsFolder })
  .map((name) => JSON.parse(readFileSync(path.join(resultsFolder, name), 'utf8')) as CompatibilityResult)
  .sort((a, b) => a.flow.localeCompare(b.flow) || a.release.localeCompare(b.release));
if (results.length === 0) throw new Error(`${resultsFolder} is empty: run npm run test:ironic first`);
writeFileSync(compatibilityFile, `${JSON.stringify(results, null, 2)}\n`);
console.log(`${results.length} results in ${compatibilityFile}; now npm run generate`);
