import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { burninMemory } from '../../../src/steps/burnin-memory.ts';
import { startBurnIn } from '../../support/burn-in-step.ts';

suite('burnin_memory', () => {
  test('fills memory, tells the seconds, and leaves what it counted in the log', async () => {
    const { context, result } = startBurnIn(burninMemory, {
      driverInfo: {
        agent_burnin_vm_vm: 1,
        'agent_burnin_vm_vm-bytes': '16m',
        agent_burnin_vm_timeout: '1',
      },
    });
    assert.equal(await result, null);
    assert.deepEqual(context.reports.at(-1), { phase: 'burnin', done: 1, total: 1 });
    const outcome = context.entries.find(({ message }) => message === 'burn-in is over');
    assert.ok(Number(outcome?.['bogo_ops']) > 0, JSON.stringify(outcome));
  });

  test('refuses an option that means nothing, before anything begins', async () => {
    const { context, result } = startBurnIn(burninMemory, { driverInfo: { agent_burnin_vm_timeout: 'long' } });
    await assert.rejects(result, { details: /driver_info.agent_burnin_vm_timeout: .* found "long"/ });
    assert.deepEqual(context.entries, []);
  });
});
