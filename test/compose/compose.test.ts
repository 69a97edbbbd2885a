import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { buildRamdisk } from '../../ramdisk/build/build-ramdisk.ts';
import { parseOptions } from '../../ramdisk/build/options.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const child = path.join(import.meta.dirname, 'lab/deploy-child.ts');

/** Bits of capabilities(7). */
const sysAdmin = (1 << 21).toString(16);
const syslog = (2 ** 34).toString(16);

test('the commands of the README start an agent that deploys onto the device handed in, whichever container dies', async () => {
  // What the README has built there is fetched here: there is no way to Debian out of the child's network.
  using folder = temporaryDirectory();
  const { request } = parseOptions(['--fast', '--only', 'manifest.json', '--out', folder.path]);
  await buildRamdisk(request, () => undefined);

  const { stdout } = await promisify(execFile)('unshare', ['--net', process.execPath, child], { timeout: 400_000 });
  assert.deepEqual(JSON.parse(stdout), {
    capabilities: { redis: '0', api: '0', storage: sysAdmin, system: syslog },
    status: 'SUCCEEDED',
    error: null,
    isResumed: true,
    isSame: true,
    logs: 'SUCCEEDED',
    left: '',
  });
});
