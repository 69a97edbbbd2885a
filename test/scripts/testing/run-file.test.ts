import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type FileOptions, type FileResult, runFile } from '../../../scripts/testing/run-file.ts';

let directory = '';
const imports = `import { test, suite, before } from 'node:test'; import { spawn, execFileSync } from 'node:child_process';`;

async function run(body: string, options: FileOptions = { timeoutSeconds: 20 }): Promise<FileResult> {
  const file = path.join(directory, 'sample.test.ts');
  await writeFile(file, `${imports}\n${body}\n`);
  return runFile(file, options);
}

function errors(result: FileResult): string {
  return result.failures.map(({ name, error }) => `${name}: ${error}`).join('\n');
}

suite('run of one test file', () => {
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sample-'));
  });
  after(() => rm(directory, { recursive: true }));

  test('counts passed and skipped tests, and suites not at all', async () => {
    const result = await run(`
      test('one', () => {});
      suite('two', () => { test('three', () => {}); test('four', { skip: 'no reason' }, () => {}); });
      test('five', { todo: true }, () => { throw new Error('not yet'); });`);
    assert.equal(errors(result), '');
    assert.equal(result.passed, 2);
    assert.deepEqual(result.skipped, ['two > four', 'five']);
  });

  test('names a failed test with its suite, and tells of it once', async () => {
    const result = await run(`suite('sums', () => { test('add up', () => { throw new RangeError('too big'); }); });`);
    assert.equal(result.failures.length, 1);
    assert.equal(result.failures[0]?.name, 'sums > add up');
    assert.match(errors(result), /RangeError: too big/);
    assert.doesNotMatch(errors(result), /node:internal/);
  });

  test('reports a hook that fails', async () => {
    const result = await run(
      `suite('s', () => { before(() => { throw new Error('no disk'); }); test('t', () => {}); });`,
    );
    assert.equal(result.passed, 0);
    assert.match(errors(result), /no disk/);
  });

  test('kills a file that hangs, and says so', async () => {
    const body = `test('waits', async () => { await new Promise(() => { setInterval(() => {}, 1000); }); });`;
    const result = await run(body, { timeoutSeconds: 1 });
    assert.match(errors(result), /hangs: killed after 1 s/);
    assert.ok(result.seconds < 10);
  });

  test('kills a file whose process outlives its tests', async () => {
    const result = await run(`setInterval(() => {}, 1000); test('is done', () => {});`, {
      timeoutSeconds: 20,
      graceSeconds: 0.5,
    });
    assert.equal(result.passed, 1);
    assert.match(errors(result), /its tests ended, but 0.5 s later/);
  });

  test('fails a file that does not compile, that has no tests, or that exits early', async () => {
    assert.match(errors(await run('this is no TypeScript')), /ended before its tests did|failed outside of its tests/);
    assert.match(errors(await run('')), /has no tests/);
    assert.match(errors(await run(`test('leaves', () => process.exit(0));`)), /exits before the first one/);
  });

  test('fails a file for an error outside of its tests', async () => {
    const result = await run(`test('is well', () => {}); setTimeout(() => { throw new Error('late'); }, 20);`);
    assert.notEqual(result.failures.length, 0);
  });

  test('tells of an error that came after the end of the test that it belongs to', async () => {
    const late = 'setTimeout(() => Promise.reject(new RangeError("too late")), 20)';
    const result = await run(`
      test('is well', () => { ${late}; });
      test('waits', () => new Promise((r) => setTimeout(r, 200)));`);
    assert.equal(result.passed, 2);
    assert.match(errors(result), /^the whole file: .*"is well".*RangeError: too late/);
  });

  test('fails a file for a warning', async () => {
    const result = await run(
      `test('warns', () => { process.emitWarning('old way', 'DeprecationWarning', 'DEP9999'); });`,
    );
    assert.match(errors(result), /warns: \(node:\d+\) \[DEP9999\] DeprecationWarning: old way/);
  });

  test('finds and ends a process that was left behind in another session', async () => {
    const result = await run(
      `test('starts one', () => { spawn('sleep', ['61'], { detached: true, stdio: 'inherit' }).unref(); });`,
    );
    const pid = /left behind: process (\d+): sleep 61/.exec(errors(result))?.[1];
    assert.ok(pid, errors(result));
    assert.equal(existsSync(`/proc/${pid}/exe`), false);
  });

  test('ends the file when it is told to stop', async () => {
    const result = await run(`test('waits', () => new Promise((r) => setTimeout(r, 60_000)));`, {
      timeoutSeconds: 30,
      signal: AbortSignal.timeout(600),
    });
    assert.match(errors(result), /interrupted/);
  });

  test('gives the file a temporary directory of its own, gone afterwards', async () => {
    const result = await run(`test('prints', () => { console.log('DIR=' + process.env.TMPDIR); });`);
    const own = /DIR=(\S+)/.exec(result.output)?.[1];
    assert.ok(own);
    assert.ok(own.startsWith(path.join(tmpdir(), 'ih-')));
    assert.equal(existsSync(own), false);
  });
});
