import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';
import { shellBlocks } from '../support/markdown.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

/** The Node of the machine comes first, as for somebody who has just cloned the project. */
const usualPath = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));

/** A shell that ends at the first command that fails, and all that it prints. */
function shell(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn('bash', ['-e', '-c', script], {
    cwd,
    env: { ...process.env, PATH: usualPath.join(':'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a terminal gives it, to send Ctrl-C to.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return { child, output: () => output };
}

async function run(script: string, cwd: string): Promise<string> {
  const { child, output } = shell(script, cwd);
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, `${script}\n${output()}`);
  return output();
}

/** Lines of losetup(8) about the loop devices on a file. */
const loopDevicesOn = (file: string): string => execFileSync('losetup', ['--associated', file], { encoding: 'utf8' });

test('the commands of the README run an agent by hand and drive it', async () => {
  const [start = '', drive = '', cleanUp = '', ...others] = shellBlocks('Run it by hand');
  assert.deepEqual(others, []);
  using dir = temporaryDirectory();
  for (const name of ['scripts', 'package.json']) symlinkSync(path.join(projectRoot, name), path.join(dir.path, name));

  // Free port, own state: through the environment, so that the commands stay as they are.
  const own = { IRONHAND_LISTEN_PORT: '0', IRONHAND_STATE_DIR: path.join(dir.path, 'state') };
  const { child, output } = shell(start + cleanUp, dir.path, own);
  const ended = once(child, 'close');
  try {
    const ready = () => (child.exitCode === null ? /ready on (http:\/\/\S+?:(\d+)),/.exec(output()) : output());
    const [, , port] = await until(ready, { withinMs: 30_000, what: 'the agent' });
    assert.ok(port, output());
    assert.match(loopDevicesOn(path.join(dir.path, 'disk.img')), /^\/dev\/loop/);

    const answers = await run(drive.replaceAll(':9999/', `:${port}/`), dir.path);
    assert.match(answers, /"version":/);
    assert.match(answers, /\{"hash":"[0-9a-f]{64}","step":"erase_devices"/);
    assert.match(answers, /"clean_step":\{"step":"erase_devices_metadata"/);
    assert.match(
      answers,
      /\{"commands": \[\{"id":"[^"]+","command_name":"execute_clean_step","command_status":"SUCCEEDED"/,
    );
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
  }
  const [code] = (await ended) as [number | null];
  assert.equal(code, 0, output());
  assert.equal(loopDevicesOn(path.join(dir.path, 'disk.img')), '');
});
