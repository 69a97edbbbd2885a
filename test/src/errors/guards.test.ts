import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { errorText, hasErrorCode } from '../../../src/errors/guards.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('what was thrown', () => {
  it('is known by the code of the operating system', () => {
    const missing = thrownBy(() => readFileSync('/nowhere'));
    assert.equal(hasErrorCode(missing, 'EACCES', 'ENOENT'), true);
    assert.equal(hasErrorCode(missing, 'EACCES'), false);
    assert.equal(hasErrorCode(missing), false);
    for (const other of [new Error('ENOENT'), { code: 'ENOENT' }, 'ENOENT', null, undefined]) {
      assert.equal(hasErrorCode(other, 'ENOENT'), false);
    }
  });

  it('has a text, whatever it is', () => {
    assert.equal(errorText(new TypeError('a')), 'a');
    for (const [thrown, text] of [
      ['b', 'b'],
      [7, '7'],
      [null, 'null'],
      [undefined, 'undefined'],
    ] as const) {
      assert.equal(errorText(thrown), text);
    }
  });
});

describe('an error of a program', () => {
  const call = { program: 'wipefs', args: ['--all', '/dev/loop5'] };

  it('says what was called, why it failed, and what it said last', () => {
    const error = new ToolError(call, { exitCode: 1, why: 'exit code 1', stderrTail: 'device is busy' });
    assert.equal(error.message, 'wipefs --all /dev/loop5: exit code 1: device is busy');
    assert.deepEqual([error.name, error.program, error.args, error.exitCode], ['ToolError', 'wipefs', call.args, 1]);
  });

  it('says no more than it knows', () => {
    const cause = new Error('no such file');
    const error = new ToolError(call, { exitCode: null, why: 'not installed', stderrTail: '' }, { cause });
    assert.equal(error.message, 'wipefs --all /dev/loop5: not installed');
    assert.deepEqual([error.exitCode, error.stderrTail, error.cause], [null, '', cause]);
  });
});
