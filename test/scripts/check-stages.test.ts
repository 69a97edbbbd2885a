import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CheckStage, checkStages, describeCheck, runChecks } from '../../scripts/check-stages.ts';

async function describe(...args: readonly string[]): Promise<string> {
  const stage: CheckStage = { name: 'sample', command: ['node', ...args] };
  const [result] = await runChecks(() => undefined, [stage]);
  assert.ok(result);
  return describeCheck(result);
}

suite('check', () => {
  test('tells of a stage that passed in one line', async () => {
    assert.match(await describe('-e', 'console.log(1)'), /^ok {4}sample \(\d+\.\d s\)$/);
  });

  test('shows all that a failed stage printed', async () => {
    const text = await describe('-e', 'console.log("on stdout"); console.error("on stderr"); process.exit(1)');
    assert.match(text, /^FAIL {2}sample/);
    assert.match(text, /on stdout/);
    assert.match(text, /on stderr/);
  });

  test('fails a stage that a signal ended, or whose program is not there', async () => {
    assert.match(await describe('-e', 'process.kill(process.pid, "SIGKILL")'), /ended by SIGKILL/);
    const [result] = await runChecks(() => undefined, [{ name: 'none', command: ['no-such-program'] }]);
    assert.equal(result?.passed, false);
    assert.match(result?.output ?? '', /ENOENT/);
  });

  test('covers format, types, promises, unused code and generated files', () => {
    const programs = checkStages.map(({ command }) => command.slice(0, 2).join(' '));
    assert.deepEqual(programs, [
      'biome check',
      'tsc --noEmit',
      'oxlint --type-aware',
      'knip --no-progress',
      'node scripts/generate.ts',
    ]);
  });
});
