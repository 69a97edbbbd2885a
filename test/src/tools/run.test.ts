import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SafetyLatch } from '../../../src/core/safety-latch.ts';
import type { Effect, ToolCall } from '../../../src/core/tool.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { createToolRunner } from '../../../src/tools/run.ts';
import { isRunning } from '../../support/is-running.ts';

const directory = mkdtempSync(join(tmpdir(), 'ironhand-run-'));
after(() => rmSync(directory, { recursive: true }));

const openLatch: SafetyLatch = { open: true, devices: [], permit() {} };

type Entry = Readonly<Record<string, unknown>>;

function createRunner(options: { latch?: SafetyLatch; signal?: AbortSignal } = {}) {
  const entries: Entry[] = [];
  const keep = (fields: Entry, message: string): void => void entries.push({ ...fields, message });
  const log = { info: keep, warn: keep };
  return { run: createToolRunner({ latch: openLatch, log, ...options }), entries };
}

function shell(script: string, ...args: readonly string[]): ToolCall {
  return { program: 'sh', args: ['-c', script, ...args], effect: { kind: 'read' } };
}

async function toolError(promise: Promise<unknown>): Promise<ToolError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ToolError, String(error));
  return error;
}

test('gives what the program wrote, unchanged', async () => {
  const { run } = createRunner();
  const result = await run(shell('printf "a\\n\\n"; printf "b\\n" >&2'));
  assert.deepEqual(result, { stdout: 'a\n\n', stderr: 'b\n', exitCode: 0 });
});

test('passes arguments as they are, without a shell', async () => {
  const { run } = createRunner();
  const args = ['$HOME; *', '"', '--', 'ü'];
  const result = await run({ program: 'printf', args: ['%s|', ...args], effect: { kind: 'read' } });
  assert.equal(result.stdout, `${args.join('|')}|`);
});

test('gives the program no environment but PATH and LC_ALL', async () => {
  process.env.IRONHAND_TEST_SECRET = 'x';
  const { run } = createRunner();
  const { stdout } = await run({ program: 'env', args: [], effect: { kind: 'read' } });
  const names = stdout.split('\n').flatMap((line) => line.split('=')[0] || []);
  assert.deepEqual(names.sort(), ['LC_ALL', 'PATH']);
});

test('closes standard input unless there is input', async () => {
  const { run } = createRunner();
  assert.equal((await run({ program: 'cat', args: [], effect: { kind: 'read' } })).stdout, '');
  assert.equal((await run({ program: 'cat', args: [], effect: { kind: 'read' }, input: 'in' })).stdout, 'in');
});

test('a program that reads none of its input is no failure', async () => {
  const { run } = createRunner();
  const result = await run({ program: 'true', args: [], effect: { kind: 'read' }, input: 'x'.repeat(1 << 20) });
  assert.equal(result.exitCode, 0);
});

test('throws for an exit code that is not an answer, with the last lines of standard error', async () => {
  const { run } = createRunner();
  const error = await toolError(run(shell('echo wrong >&2; exit 3')));
  assert.equal(error.exitCode, 3);
  assert.equal(error.stderrTail, 'wrong');
  assert.match(error.message, /^sh -c .*: exit code 3: wrong$/);
});

test('returns the exit codes that are answers', async () => {
  const { run } = createRunner();
  assert.equal((await run({ ...shell('exit 32'), okExitCodes: [0, 32] })).exitCode, 32);
  assert.equal((await toolError(run({ ...shell('true'), okExitCodes: [1] }))).exitCode, 0);
});

test('says clearly that a program is not installed, whatever exit codes are answers', async () => {
  const { run } = createRunner();
  const call: ToolCall = { program: 'no-such-tool', args: ['-x'], effect: { kind: 'read' }, okExitCodes: [0, 127] };
  const error = await toolError(run(call));
  assert.equal(error.exitCode, null);
  assert.match(error.message, /^no-such-tool -x: no-such-tool is not installed \(looked in \//);
});

test('reports the signal that ended a program', async () => {
  const { run } = createRunner();
  const error = await toolError(run(shell('kill -SEGV $$')));
  assert.equal(error.exitCode, null);
  assert.match(error.message, /ended by SIGSEGV/);
});

test('keeps only the end of standard error', async () => {
  const { run } = createRunner();
  const { stderr } = await run(shell('for i in $(seq 1 5000); do echo "line $i" >&2; done'));
  assert.equal(Buffer.byteLength(stderr), 4096);
  assert.ok(stderr.endsWith('line 5000\n'));
});

test('kills a program that floods its output', async () => {
  const { run } = createRunner();
  const error = await toolError(run({ program: 'cat', args: ['/dev/zero'], effect: { kind: 'read' } }));
  assert.match(error.message, /wrote more than 67108864 bytes/);
});

const forever = 'sleep 60 & echo $! > "$0"; wait';

test('kills the whole process group at the timeout', async () => {
  const { run } = createRunner();
  const pidFile = join(directory, 'timeout');
  const error = await toolError(run({ ...shell(forever, pidFile), timeoutSeconds: 0.3 }));
  assert.match(error.message, /killed after 0\.3 s/);
  assert.ok(!isRunning(Number(readFileSync(pidFile, 'utf8'))), 'the child of the program is dead too');
});

for (const owner of ['job', 'call'] as const) {
  test(`kills the whole process group when the ${owner} is aborted`, async () => {
    const abort = new AbortController();
    const { run } = createRunner(owner === 'job' ? { signal: abort.signal } : {});
    const pidFile = join(directory, owner);
    const call = shell(forever, pidFile);
    const running = run(owner === 'call' ? { ...call, signal: abort.signal } : call);
    setTimeout(() => abort.abort(new Error('operator said so')), 300);
    const error = await toolError(running);
    assert.match(error.message, /aborted/);
    assert.match(String(error.cause), /operator said so/);
    assert.ok(!isRunning(Number(readFileSync(pidFile, 'utf8'))));
  });
}

test('does not wait for a descendant that left the group and holds the pipe', async () => {
  const { run } = createRunner();
  const pidFile = join(directory, 'escaped');
  const script = 'setsid sh -c \'echo $$ > "$0"; exec sleep 60\' "$0" & sleep 60';
  const error = await toolError(run({ ...shell(script, pidFile), timeoutSeconds: 0.5 }));
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  assert.match(error.message, /killed after/);
});

test('runs what undoes something even after an abort', async () => {
  const { run } = createRunner({ signal: AbortSignal.abort(new Error('gone')) });
  const { stdout } = await run({ ...shell('echo undone'), evenWhenAborted: true });
  assert.equal(stdout, 'undone\n');
});

test('starts nothing after an abort', async () => {
  const { run } = createRunner({ signal: AbortSignal.abort(new Error('gone')) });
  const error = await toolError(run(shell('touch "$0"', join(directory, 'never'))));
  assert.match(error.message, /aborted before it began/);
  assert.throws(() => readFileSync(join(directory, 'never')), { code: 'ENOENT' });
});

test('asks the latch with the stated effect before it spawns', async () => {
  const asked: Effect[] = [];
  const refuse = (effect: Effect): void => {
    asked.push(effect);
    throw new SafetyLatchError('refused');
  };
  const { run, entries } = createRunner({ latch: { open: false, devices: [], permit: refuse } });
  const touched = join(directory, 'refused');
  const effect: Effect = { kind: 'device', device: '/dev/null' };
  await assert.rejects(run({ program: 'touch', args: [touched], effect }), SafetyLatchError);
  assert.deepEqual(asked, [effect]);
  assert.deepEqual(entries, []);
  assert.throws(() => readFileSync(touched), { code: 'ENOENT' });
});

test('logs every call, good or bad, with its outcome', async () => {
  const { run, entries } = createRunner();
  await run(shell('echo warned >&2'));
  await toolError(run(shell('exit 1')));
  const [good, bad] = entries.map(({ milliseconds, ...rest }) => {
    assert.ok(typeof milliseconds === 'number' && milliseconds >= 0);
    return rest;
  });
  const common = { program: 'sh', message: 'tool' };
  assert.deepEqual(good, { ...common, args: ['-c', 'echo warned >&2'], exit_code: 0, stderr_tail: 'warned\n' });
  assert.deepEqual(bad, { ...common, args: ['-c', 'exit 1'], exit_code: 1, stderr_tail: '' });
});
