import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** `npm run bench [-- --only deploy]`: every bench in turn, JSON lines on standard output; what they mean: bench/README.md. */
const benches = ['image-write', 'deploy', 'api', 'start'];
// What is measured is what the ramdisk runs: the bundles.
spawnSync(process.execPath, [path.join(import.meta.dirname, '../scripts/build.ts')], { stdio: 'inherit' });
const { values } = parseArgs({ options: { only: { type: 'string' } } });
for (const name of values.only === undefined ? benches : values.only.split(',')) {
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
