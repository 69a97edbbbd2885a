import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UnrecoverableError } from 'bullmq';
import type { AnyCommand } from '../../src/core/command.ts';
import { ImageChecksumError } from '../../src/errors/catalogue.ts';
import { prepareStateDir, type StateDir } from '../../src/queue/state-dir.ts';
import { isStoredResult, readStoredResult } from '../../src/queue/stored-result.ts';
import { failedJob, keepResult, wireResult } from '../../workers/settle.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const command = (mode: 'sync' | 'async') => ({ name: 'standby.prepare_image', mode }) as unknown as AnyCommand;

describe('the result of a command on the wire', () => {
  it('is null where there is none', () => {
    assert.equal(wireResult(command('async'), undefined), null);
    assert.equal(wireResult(command('sync'), null), null);
  });

  it('is an object where it is a text; an asynchronous command says its name before it', () => {
    assert.deepEqual(wireResult(command('async'), 'image written'), { result: 'prepare_image: image written' });
    assert.deepEqual(wireResult(command('sync'), 'image written'), { result: 'image written' });
    assert.deepEqual(wireResult(command('sync'), ''), { result: '' });
  });

  it('is anything else as it is', () => {
    for (const result of [{ a: 1 }, [], [1], 0, false]) assert.deepEqual(wireResult(command('async'), result), result);
  });
});

describe('keeping a result', () => {
  let dir: ReturnType<typeof temporaryDirectory>;
  let state: StateDir;
  beforeEach(() => {
    dir = temporaryDirectory();
    state = prepareStateDir(dir.path, '11111111-1111');
  });
  afterEach(() => dir[Symbol.dispose]());

  it('leaves a small one to Redis', () => {
    const result = { text: 'x'.repeat(250_000) };
    assert.equal(keepResult(state, 'a', result), result);
    assert.deepEqual(readdirSync(state.results), []);
  });

  it('puts a large one in a file for root and the group of the api', () => {
    const result = { text: 'é'.repeat(300_000) };
    const kept = keepResult(state, 'a-1', result);
    assert.ok(isStoredResult(kept));
    assert.ok(JSON.stringify(kept).length < 100);
    assert.deepEqual(JSON.parse(readStoredResult(state, 'a-1')), result);
    assert.equal(statSync(path.join(state.results, 'a-1.json')).mode & 0o777, 0o660);
  });

  it('reads no file outside its directory', () => {
    assert.throws(() => readStoredResult(state, '../identity'), /expected the id of a job/);
  });

  it('takes nothing else for a stored one', () => {
    for (const value of [null, 'x', {}, { $stored: 'yes' }, []]) assert.equal(isStoredResult(value), false);
  });
});

describe('the error that ends a job', () => {
  it('holds type and details, keeps its cause, and is never retried', () => {
    const cause = new ImageChecksumError('expected a, found b');
    const error = failedJob(cause);
    assert.ok(error instanceof UnrecoverableError);
    assert.equal(error.message, 'ImageChecksumError: expected a, found b');
    assert.equal(error.cause, cause);
  });
});
