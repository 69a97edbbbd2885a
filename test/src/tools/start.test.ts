import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect } from '../../../src/core/tool.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { type RunningTool, type StreamingCall, startTool } from '../../../src/tools/start.ts';
import { compressionHost } from '../../support/compression-host.ts';
import { isRunning } from '../../support/is-running.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

function shell(script: string, ...args: readonly string[]): StreamingCall {
  return { program: 'sh', args: ['-c', script, ...args], effect: { kind: 'read' }, package: 'dash' };
}

async function outputOf(tool: RunningTool): Promise<string> {
  const chunks: Buffer[] = [];
  for (let next = await tool.output.next(); !next.done; next = await tool.output.next()) chunks.push(next.value);
  return Buffer.concat(chunks).toString();
}

async function toolError(tool: RunningTool): Promise<ToolError> {
  const [error] = await Promise.all([tool.ended.catch((reason: unknown) => reason), outputOf(tool)]);
  assert.ok(error instanceof ToolError, String(error));
  return error;
}

test('data flows through the program while it runs', async () => {
  const tool = startTool({ ...shell(''), program: 'cat', args: [] }, compressionHost());
  for (const word of ['one', 'two']) {
    assert.equal(await tool.write(Buffer.from(word)), true);
    assert.equal(String((await tool.output.next()).value), word);
  }
  tool.endInput();
  assert.equal(await outputOf(tool), '');
  assert.equal(await tool.ended, '');
});

test('loses nothing that was written before anybody read', async () => {
  const tool = startTool(shell('echo early; echo said >&2'), compressionHost());
  await sleep(300);
  assert.equal(await outputOf(tool), 'early\n');
  assert.equal(await tool.ended, 'said\n');
});

test('takes shared memory, and says when it may change', async () => {
  const tool = startTool(shell('cksum'), compressionHost());
  const shared = new Uint8Array(new SharedArrayBuffer(4 << 20)).fill(1);
  await tool.write(shared);
  shared.fill(2);
  tool.endInput();
  const expected = startTool(shell('head -c 4194304 /dev/zero | tr "\\0" "\\1" | cksum'), compressionHost());
  assert.equal(await outputOf(tool), await outputOf(expected));
});

test('says that the program does not read any more, and why by its exit code', async () => {
  const tool = startTool(shell('echo enough >&2; exit 3'), compressionHost());
  assert.equal(await tool.write(new Uint8Array(1 << 24)), false);
  const error = await toolError(tool);
  assert.equal(error.exitCode, 3);
  assert.equal(error.stderrTail, 'enough');
});

test('names the Debian package of a program that is missing', async () => {
  const call: StreamingCall = { program: 'no-such-tool', args: [], effect: { kind: 'read' }, package: 'such-tools' };
  const error = await toolError(startTool(call, compressionHost()));
  assert.match(error.message, /^no-such-tool: no-such-tool is not installed \(Debian package such-tools; looked in \//);
});

const forever = 'sleep 60 & echo $! > "$0"; wait';

for (const how of ['an abort of the job', 'kill'] as const) {
  test(`${how} ends the whole process group, and a write under way`, async () => {
    using directory = temporaryDirectory();
    const pidFile = path.join(directory.path, 'pid');
    const abort = new AbortController();
    const tool = startTool(shell(forever, pidFile), compressionHost(abort.signal));
    const write = tool.write(new Uint8Array(1 << 24));
    const pid = await until(() => pidIn(pidFile), { withinMs: 5000, what: 'the child of the program' });
    const reason = new Error('operator said so');
    if (how === 'kill') tool.kill('killed', reason);
    else abort.abort(reason);
    const error = await toolError(tool);
    assert.equal(await write, false);
    assert.equal(error.exitCode, null);
    assert.equal(error.cause, reason);
    assert.ok(!isRunning(pid));
  });
}

test('does not wait for a descendant that left the group and holds the pipes', async () => {
  using directory = temporaryDirectory();
  const pidFile = path.join(directory.path, 'pid');
  const tool = startTool(
    shell('setsid sh -c \'echo $$ > "$0"; exec sleep 60\' "$0" & sleep 60', pidFile),
    compressionHost(),
  );
  const pid = await until(() => pidIn(pidFile), { withinMs: 5000, what: 'the descendant' });
  const started = performance.now();
  tool.kill('killed');
  await toolError(tool);
  assert.ok(performance.now() - started < 5000);
  process.kill(pid, 'SIGKILL');
});

/** null while there is none: process.kill(0) would end this test and its starter. */
function pidIn(file: string): number | null {
  if (!existsSync(file)) return null;
  return Number(readFileSync(file, 'utf8')) || null;
}

test('starts nothing after an abort', () => {
  const host = compressionHost(AbortSignal.abort(new Error('gone')));
  assert.throws(() => startTool(shell('true'), host), /aborted before it began/);
});

test('reports the signal that ended a program', async () => {
  const error = await toolError(startTool(shell('kill -SEGV $$'), compressionHost()));
  assert.match(error.message, /ended by SIGSEGV/);
});

test('asks the latch with the stated effect before it spawns', () => {
  const asked: Effect[] = [];
  const permit = (effect: Effect): void => {
    asked.push(effect);
    throw new SafetyLatchError('refused');
  };
  const host = { ...compressionHost(), latch: { open: false, devices: [], permit } };
  assert.throws(() => startTool(shell('true'), host), SafetyLatchError);
  assert.deepEqual(asked, [{ kind: 'read' }]);
});

test('gives the program no environment but PATH and LC_ALL', async () => {
  process.env.IRONHAND_TEST_SECRET = 'x';
  const tool = startTool({ ...shell(''), program: 'env', args: [] }, compressionHost());
  const names = (await outputOf(tool)).split('\n').flatMap((line) => line.split('=')[0] || []);
  assert.deepEqual(names.sort(), ['LC_ALL', 'PATH']);
});

test('logs the call with its outcome', async () => {
  const host = compressionHost();
  const tool = startTool(shell('echo warned >&2'), host);
  await Promise.all([outputOf(tool), tool.ended]);
  const [{ milliseconds, ...entry } = {}] = host.logged;
  assert.ok(typeof milliseconds === 'number');
  assert.deepEqual(entry, { program: 'sh', args: ['-c', 'echo warned >&2'], exit_code: 0, stderr_tail: 'warned\n' });
});
