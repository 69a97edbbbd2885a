import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { appDir, entryPoint } from '../../scripts/cli/bundle.ts';
import { startAgent } from '../support/agent.ts';

const execute = promisify(execFile);
const source = path.join(appDir, 'workers/main.ts');

test('the bundles are used while they are of these very sources, and do the same work', async () => {
  await execute(process.execPath, [path.join(appDir, 'scripts/build.ts')]);
  await using agent = await startAgent();
  for (const [name, bundle] of [
    ['api', 'dist/api.mjs'],
    ['worker-system', 'dist/worker.mjs'],
  ] as const) {
    assert.match(readFileSync(`/proc/${agent.pid(name)}/cmdline`, 'utf8'), new RegExp(bundle.replace('.', '\\.')));
  }
  const node = { uuid: 'bundle' };
  const { command_result: offered } = await agent.accepted('clean.get_clean_steps', { node, ports: [] });
  assert.ok(JSON.stringify(offered).includes('erase_devices_metadata'));
});

test('a source that was touched since makes the launcher take the sources', async () => {
  await execute(process.execPath, [path.join(appDir, 'scripts/build.ts')]);
  assert.equal(entryPoint('worker.mjs', 'workers/main.ts'), path.join(appDir, 'dist/worker.mjs'));
  const now = new Date();
  utimesSync(source, now, now);
  assert.equal(entryPoint('worker.mjs', 'workers/main.ts'), source);
});
