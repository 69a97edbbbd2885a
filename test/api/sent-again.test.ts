import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ListedCommand } from '../../api/command-list.ts';
import { isSentAgain, sentAgainSeconds } from '../../api/sent-again.ts';
import { commandCatalogue } from '../../src/commands/catalogue.ts';
import type { AnyCommand } from '../../src/core/command.ts';
import type { JobOutcome } from '../../src/queue/command-queues.ts';

const commandOf = (name: string): AnyCommand => commandCatalogue.get(name) ?? assert.fail(name);

function lastOne(name: string, outcome: JobOutcome, asked = { digest: 'same', uptimeSeconds: 1000 }): ListedCommand {
  return { command: { id: 'a', name, mode: 'async', queue: 'image', sequence: 1, label: 'x', asked }, outcome };
}

const succeeded = { kind: 'succeeded', result: null } as const;
const running = { kind: 'running', progress: null } as const;
const step = 'deploy.execute_deploy_step';

function told(name: string, outcome: JobOutcome, { digest = 'same', after = 1 } = {}): boolean {
  return isSentAgain(commandOf(name), { digest, uptimeSeconds: 1000 + after }, lastOne(name, outcome));
}

describe('isSentAgain', () => {
  it('tells the same request, whether its command runs, has failed or has succeeded', () => {
    const failed = { kind: 'failed', error: { type: 'T', code: 500, message: '', details: '' } } as const;
    assert.deepEqual(
      [running, succeeded, failed].map((outcome) => told(step, outcome)),
      [true, true, true],
    );
  });

  it('takes any other request for a new one', () => {
    assert.equal(told(step, running, { digest: 'other' }), false);
    const unknown = { ...lastOne(step, succeeded).command };
    const { asked: _, ...old } = unknown;
    const asked = { digest: 'same', uptimeSeconds: 1001 };
    assert.equal(isSentAgain(commandOf(step), asked, { command: old, outcome: succeeded }), false);
  });

  it('takes the same request for a new one when a conductor would have given up long ago, unless it still runs', () => {
    assert.equal(told(step, succeeded, { after: sentAgainSeconds }), true);
    assert.equal(told(step, succeeded, { after: sentAgainSeconds + 1 }), false);
    assert.equal(told(step, running, { after: 86_400 }), true);
  });

  it('asks synchronous questions anew once they are answered', () => {
    for (const name of ['clean.get_clean_steps', 'standby.sync', 'standby.get_partition_uuids']) {
      assert.deepEqual([told(name, running), told(name, succeeded)], [true, false], name);
    }
    for (const name of ['standby.power_off', 'image.install_bootloader', 'standby.prepare_image']) {
      assert.equal(told(name, succeeded), true, name);
    }
  });
});
