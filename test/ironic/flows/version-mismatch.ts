import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertNoTable } from '../lab/disk-evidence.ts';
import { listedCommands, stepOf } from '../lab/exchange.ts';
import { defineFlow, type Lab, type Stage } from '../lab/flow.ts';
import { setInternalInfo } from '../lab/internal-info.ts';
import { recorded } from '../lab/recorded.ts';

const rebootManager = path.join(import.meta.dirname, '../managers/reboot/reboot-manager.js');

/** A folder with the manager that asks for reboots, in this version; the next boot loads what is there then. */
function managersAt({ ironic }: Lab, version: string): string {
  const folder = path.join(ironic.directory, 'ageing-managers');
  mkdirSync(folder, { recursive: true });
  const source = readFileSync(rebootManager, 'utf8').replace("version: '1.0'", `version: '${version}'`);
  writeFileSync(path.join(folder, '.new'), source);
  renameSync(path.join(folder, '.new'), path.join(folder, 'reboot-manager.mjs'));
  return folder;
}

export const mismatchInAutomatedClean = defineFlow({
  name: 'mismatch-in-automated-clean',
  title:
    'a hardware manager has another version after a reboot in automated cleaning: the clean starts over, and ends well',
  needs: { args: (lab) => ['--hardware-manager-dir', managersAt(lab, '1.0')] },
  async run(stage) {
    await stage.makeManageable();
    await stage.node.provision('provide');
    await stage.stepBegan('lab_reboot');
    managersAt(stage.lab, '2.0');
    await stage.node.reaches('available');
    const reboot = ['< clean.execute_clean_step lab_reboot', '< look: execute_clean_step:SUCCEEDED'];
    const erase = '< clean.execute_clean_step erase_devices_metadata';
    stage.spoke(
      ...[recorded.clean('lab_reboot'), recorded.afterReboot],
      ...[[erase, '< look: execute_clean_step:CLEAN_VERSION_MISMATCH', '< clean.get_clean_steps'], reboot],
      ...[recorded.afterReboot, [erase, '< look: execute_clean_step:SUCCEEDED']],
    );
  },
});

const waitStep = { interface: 'deploy', step: 'lab_wait', args: { seconds: 4 } };

/**
 * While the step runs, the conductor comes to believe in another version: the next step meets it. Again and again, as a conductor that
 * writes down a heartbeat may write down what it had read before.
 */
async function forgetVersions(stage: Stage): Promise<void> {
  await stage.stepBegan('lab_wait');
  const isOver = (): boolean =>
    stage.tap.exchanges.flatMap(listedCommands).some((line) => /_step:SUCCEEDED$/.test(line));
  await stage.node.until('the end of the step', ({ provision_state: state, reservation }) => {
    if (isOver()) return true;
    if (reservation === null && ['clean wait', 'wait call-back'].includes(state)) {
      setInternalInfo(stage, { hardware_manager_version: { generic_hardware_manager: '0.1' } });
    }
    return false;
  });
}

export const mismatchInManualClean = defineFlow({
  name: 'mismatch-in-manual-clean',
  title:
    'the conductor expects other versions of the hardware managers in a manual clean: the same step again, it ends well',
  async run(stage) {
    await stage.makeManageable();
    const erase = { interface: 'deploy', step: 'erase_devices_metadata' };
    await stage.node.provision('clean', { clean_steps: [waitStep, erase] });
    await forgetVersions(stage);
    const { last_error: error } = await stage.node.reaches('manageable');
    assert.equal(error, null);
    stage.spoke(recorded.clean('lab_wait'), [
      '< clean.execute_clean_step erase_devices_metadata',
      '< look: execute_clean_step:CLEAN_VERSION_MISMATCH',
      '< clean.get_clean_steps',
      '< clean.execute_clean_step erase_devices_metadata',
      '< look: execute_clean_step:SUCCEEDED',
    ]);
  },
});

export const mismatchInDeploy = defineFlow({
  name: 'mismatch-in-deploy',
  title:
    'the conductor expects other versions of the hardware managers in a deployment: deploy failed, never active without an image',
  async run(stage) {
    await stage.makeAvailable();
    await stage.node.set({ instance_info: stage.lab.images.instanceInfo('disk.raw') });
    await stage.node.provision('active', { deploy_steps: [{ ...waitStep, priority: 90 }] });
    await forgetVersions(stage);
    const { provision_state: state, last_error: error } = await stage.node.rests('active');
    assert.equal(state, 'deploy failed');
    assert.match(error ?? '', /hardware managers changed during the deployment.*conductor expects.*0\.1/s);
    assert.equal(stage.tap.exchanges.filter((each) => stepOf(each) === 'write_image').length, 1);
    await assertNoTable(stage.disk.path);
  },
});
