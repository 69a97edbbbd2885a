import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheVariable } from './support/bench-cache.ts';

/**
 * `npm run bench [-- --only image-forms --rounds 7]`: every bench in turn, JSON lines on standard output; what they mean:
 * bench/README.md. What is not `--only` goes to the benches.
 */
/** The one that needs most room comes before the images of the others. */
const benches = [
  'image-memory',
  'image-forms',
  'image-fixed',
  'erase',
  'deploy',
  'api',
  'start',
  'first-heartbeat',
  'ironic-cycle',
  'ramdisk-boot',
];
// What is measured is what the ramdisk runs: the bundles.
spawnSync(process.execPath, [path.join(import.meta.dirname, '../scripts/build.ts')], { stdio: 'inherit' });
const { values, tokens } = parseArgs({ options: { only: { type: 'string' } }, strict: false, tokens: true });
const ours = tokens.flatMap((token) => {
  if (token.kind !== 'option' || token.name !== 'only') return [];
  return token.inlineValue ? [token.index] : [token.index, token.index + 1];
});
const rest = process.argv.slice(2).filter((_, index) => !ours.includes(index));
const names = typeof values.only === 'string' ? values.only.split(',') : benches;
const cache = process.env[cacheVariable] ?? mkdtempSync(path.join(tmpdir(), 'ironhand-bench-images-'));
try {
  for (const name of names) {
    const script = path.join(import.meta.dirname, `${name}.ts`);
    const env = { ...process.env, [cacheVariable]: cache };
    const { status } = spawnSync(process.execPath, [script, ...rest], { stdio: 'inherit', env });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  if (!process.env[cacheVariable]) rmSync(cache, { recursive: true, force: true });
}
