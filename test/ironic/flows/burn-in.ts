import assert from 'node:assert/strict';
import { assertNoTable } from '../lab/disk-evidence.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

/** Long enough that an ordinary heartbeat falls into the burn-in of the processor, and on one core: others work here too. */
const shortBurnIn = {
  agent_burnin_cpu_cpu: 1,
  agent_burnin_cpu_timeout: 10,
  agent_burnin_vm_vm: 1,
  agent_burnin_vm_timeout: 2,
  'agent_burnin_vm_vm-bytes': '32m',
};

const needs = { node: () => ({ driver_info: shortBurnIn }) };
const step = (name: string): object => ({ interface: 'deploy', step: name });

export const burnInClean = defineFlow({
  name: 'burn-in-clean',
  title: 'manual clean with burn-in of memory and processor, then an erase; the node shows how far it is',
  needs,
  async run(stage) {
    await stage.makeManageable();
    const steps = ['burnin_memory', 'burnin_cpu', 'erase_devices_express'];
    await stage.node.provision('clean', { clean_steps: steps.map(step) });
    await showsProgress(stage);
    const { last_error: error } = await stage.node.reaches('manageable');
    assert.equal(error, null);
    await assertNoTable(stage.disk.path);
    stage.spoke(recorded.clean(...steps));
  },
});

export const burnInService = defineFlow({
  name: 'burn-in-service',
  title: 'burn-in of the processor as a service step on an active node; the node shows how far it is',
  releases: ['39.0'],
  needs,
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await stage.node.provision('service', { service_steps: [step('burnin_cpu')] });
    await showsProgress(stage);
    const { last_error: error } = await stage.node.reaches('active');
    assert.equal(error, null);
    stage.spoke(recorded.deploy('write_image'), recorded.service('burnin_cpu'));
  },
});

/** While burnin_cpu runs, the node says so to whoever looks at it. */
async function showsProgress(stage: Stage): Promise<void> {
  await stage.stepBegan('burnin_cpu');
  const message = /^burnin_cpu \d+ %/;
  const node = await stage.node.until(
    'progress of burnin_cpu',
    ({ driver_internal_info: info }) => message.test(String(info['agent_status_message'])),
    30,
  );
  assert.match(node.provision_state, /wait$/);
}
