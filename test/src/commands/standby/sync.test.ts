import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { syncCommand } from '../../../../src/commands/standby/sync.ts';
import { CommandExecutionError } from '../../../../src/errors/catalogue.ts';
import { bootContext } from '../../boot/boot-context.ts';

suite('standby.sync', () => {
  test('answers null', async () => {
    assert.equal(await syncCommand.run({}, bootContext()), null);
  });

  test('fails when sync fails, and names why', async () => {
    const context = bootContext({ answer: () => Promise.reject(new Error('sync: exit code 1')) });
    await assert.rejects(syncCommand.run({}, context), (error) => {
      assert.ok(error instanceof CommandExecutionError && error.cause instanceof Error);
      assert.match(error.details, /exit code 1/);
      return true;
    });
  });
});
