import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNoTable } from '../lab/disk-evidence.ts';
import { stepOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

const deployStep = (step: string, args?: object): object => ({ interface: 'deploy', step, ...(args ? { args } : {}) });

export const manualClean = defineFlow({
  name: 'manual-clean',
  title: 'manual clean with several steps in the order asked for',
  async run(stage) {
    await stage.makeManageable();
    const steps = ['erase_devices_express', 'lab_wait', 'erase_devices'];
    await stage.node.provision('clean', {
      clean_steps: steps.map((step) => deployStep(step, step === 'lab_wait' ? { seconds: 1 } : undefined)),
    });
    await stage.node.reaches('manageable');
    await assertNoTable(stage.disk.path);
    stage.spoke(recorded.clean(...steps));
  },
});

export const sameStepTwice = defineFlow({
  name: 'same-step-twice',
  title: 'the same step twice in a row in one manual clean runs twice',
  async run(stage) {
    await stage.makeManageable();
    const step = deployStep('lab_wait', { seconds: 1 });
    await stage.node.provision('clean', { clean_steps: [step, step] });
    await stage.node.reaches('manageable');
    const posts = stage.tap.exchanges.filter((each) => stepOf(each) === 'lab_wait');
    const ids = new Set(posts.map(({ answer }) => (answer as { id: string }).id));
    assert.equal(ids.size, 2);
  },
});

export const stepWithReboot = defineFlow({
  name: 'step-with-reboot',
  title: 'a step with reboot_requested: the machine restarts, and the clean goes on with the next step',
  needs: { managers: 'reboot' },
  async run(stage) {
    await stage.makeManageable();
    await stage.node.provision('provide');
    await stage.node.reaches('available');
    stage.spoke(recorded.clean('lab_reboot'), recorded.afterReboot, [
      '< clean.execute_clean_step erase_devices_metadata',
      '< look: execute_clean_step:SUCCEEDED',
    ]);
  },
});

export const serviceSteps = defineFlow({
  name: 'service-steps',
  title: 'service steps on an active node',
  releases: ['39.0'],
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await stage.node.provision('service', { service_steps: [deployStep('lab_wait', { seconds: 1 })] });
    await stage.node.reaches('active');
    stage.spoke(recorded.deploy('write_image'), recorded.service('lab_wait'));
  },
});

export const abortClean = defineFlow({
  name: 'abort',
  title: 'abort a clean while a step runs',
  async run(stage) {
    await stage.makeManageable();
    await stage.node.provision('clean', { clean_steps: [deployStep('lab_wait', { seconds: 60 })] });
    await stage.stepBegan('lab_wait');
    await stage.node.provision('abort');
    const { provision_state: state } = await stage.node.rests('manageable', 60);
    assert.equal(state, 'clean failed');
    assert.equal(stage.machine.isOn, false);
  },
});

export const maintenance = defineFlow({
  name: 'maintenance',
  title: 'maintenance while a step runs: nothing is lost, and the clean ends when maintenance does',
  async run(stage) {
    await stage.makeManageable();
    await stage.node.provision('clean', { clean_steps: [deployStep('lab_wait', { seconds: 3 })] });
    await stage.stepBegan('lab_wait');
    await stage.node.setMaintenance(true);
    await sleep(8000);
    assert.equal((await stage.node.show()).provision_state, 'clean wait');
    await stage.node.setMaintenance(false);
    await stage.node.reaches('manageable', 60);
    stage.spoke(recorded.clean('lab_wait'));
  },
});
