import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { presentCommand } from '../../api/present.ts';
import { InterruptedError, VersionMismatchError } from '../../src/errors/catalogue.ts';
import type { AcceptedCommand } from '../../src/queue/accepted-commands.ts';
import { stateDirAt } from '../../src/queue/state-dir.ts';
import { storedResult } from '../../src/queue/stored-result.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const state = stateDirAt('/nowhere', 'boot');
const sync: AcceptedCommand = {
  id: 'i',
  name: 'standby.sync',
  mode: 'sync',
  queue: 'system',
  sequence: 1,
  label: 'sync',
};
const step: AcceptedCommand = { ...sync, name: 'clean.execute_clean_step', mode: 'async' };
const interrupted = new InterruptedError('pid 1 died').toWire();

describe('presentCommand', () => {
  it('tells the five fields in their order', () => {
    for (const outcome of [
      { kind: 'running', progress: null },
      { kind: 'succeeded', result: { a: 1 } },
      { kind: 'failed', error: interrupted },
    ] as const) {
      const fields = Object.keys(presentCommand(step, outcome, state));
      assert.deepEqual(fields, ['id', 'command_name', 'command_status', 'command_error', 'command_result']);
    }
  });

  it('calls a command by its short name, but a synchronous one that failed by its full name', () => {
    const name = (command: AcceptedCommand, isFailed: boolean): string =>
      presentCommand(
        command,
        isFailed ? { kind: 'failed', error: interrupted } : { kind: 'succeeded', result: null },
        state,
      ).command_name;
    assert.deepEqual(
      [name(sync, false), name(sync, true), name(step, false), name(step, true)],
      ['sync', 'standby.sync', 'execute_clean_step', 'execute_clean_step'],
    );
  });

  it('has a status of its own for a mismatch of versions', () => {
    const error = new VersionMismatchError('1 is not 2').toWire();
    assert.equal(presentCommand(step, { kind: 'failed', error }, state).command_status, 'CLEAN_VERSION_MISMATCH');
  });

  it('tells null where there is no result, and what is false as it is', () => {
    for (const [result, told] of [
      [undefined, null],
      [null, null],
      [false, false],
      [0, 0],
      ['', ''],
    ]) {
      assert.equal(presentCommand(step, { kind: 'succeeded', result }, state).command_result, told);
    }
  });

  it('reads a large result of a step from its file, and leaves that of a synchronous command there', () => {
    using results = temporaryDirectory();
    writeFileSync(path.join(results.path, 'i.json'), '{"clean_step": "..."}');
    const withResults = { ...state, results: results.path };
    const told = (command: AcceptedCommand): unknown =>
      presentCommand(command, { kind: 'succeeded', result: storedResult }, withResults).command_result;
    assert.deepEqual([told(step), told(sync)], [{ clean_step: '...' }, null]);
  });
});
