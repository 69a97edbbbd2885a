import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';
import { isRunning } from '../support/is-running.ts';
import { shellBlocks } from '../support/markdown.ts';

interface Demo {
  readonly code: number | null;
  readonly output: string;
}

/** The command of the README, exactly; `interruptAt` sends Ctrl-C when that has been said. */
async function demo(interruptAt?: RegExp, more = ''): Promise<Demo> {
  const [command = ''] = shellBlocks('See it work');
  const child = spawn('bash', ['-c', `exec ${command.trim()}${more}`], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let interrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (!interruptAt?.test(output) || interrupted) return;
      interrupted = true;
      process.kill(-(child.pid ?? 0), 'SIGINT');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** What the demo said that it has made: loop device and directory. */
function assertNothingIsLeft(output: string): void {
  const [, pid, state] = /\(pid (\d+), state (\S+)\)/.exec(output) ?? [];
  const [, disk = ''] = /disk (\/dev\/loop\d+)/.exec(output) ?? [];
  assert.ok(pid && state && disk, output);
  assert.equal(isRunning(Number(pid)), false);
  assert.equal(existsSync(state), false);
  const loops = execFileSync('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE'], { encoding: 'utf8' });
  assert.ok(!loops.includes(tmpdir()), loops);
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('ironhand-')),
    [],
  );
}

test('npm run demo deploys an image, proves it and leaves nothing behind', async () => {
  const { code, output } = await demo();
  assert.equal(code, 0, output);
  const story = [
    /looked up node [0-9a-f-]{36}; first heartbeat from https:/,
    /dashboard: https:\S+ \(user ironhand, password \w+\)/,
    /==> clean\.execute_clean_step: erase_devices_metadata\n/,
    /: metadata, no sanitization\n/,
    /==> clean\.execute_clean_step: erase_devices\n/,
    /: overwrite, NIST clear\n/,
    /write +\d+ % \[[#.]+\] \d+ of 1280 MiB, \d+ MiB\/s/,
    /==> standby\.get_partition_uuids/,
    /==> image\.install_bootloader/,
    /1342177280 bytes read back past the page cache: identical to the image, byte for byte/,
    /sgdisk --verify: No problems found/,
  ];
  let rest = output;
  for (const part of story) {
    const at = rest.search(part);
    assert.notEqual(at, -1, `${part} is missing, or not in its place:\n${output}`);
    rest = rest.slice(at);
  }
  assertNothingIsLeft(output);
});

test('Ctrl-C in the middle of the demo leaves nothing behind', async () => {
  const { code, output } = await demo(/write +\d+ %/);
  assert.notEqual(code, 0);
  assert.match(output, /ended by SIGINT/);
  assertNothingIsLeft(output);
});

test('npm run demo -- --keep stays until Ctrl-C', async () => {
  const { output } = await demo(/Left running for a look around/, ' -- --keep');
  assert.match(output, /identical to the image, byte for byte/);
  assertNothingIsLeft(output);
});
