import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { interruptedStep } from '../../api/interrupted-boot.ts';
import { parseLookupAnswer } from '../../src/ironic/lookup-answer.ts';

/** The node of a lookup that a real Ironic answered: to an agent that does nothing and is restarted, say the names. */
function answered(name: string) {
  const file = path.join(import.meta.dirname, '../fixtures/lookup', `${name}.json`);
  return parseLookupAnswer(JSON.parse(readFileSync(file, 'utf8'))).node;
}

function answeredWith(name: string, info: Readonly<Record<string, unknown>>) {
  const node = answered(name);
  return { ...node, driver_internal_info: { ...node.driver_internal_info, ...info } };
}

const inDeploy = 'reset-in-write-image-39.0.0';
const inClean = 'reset-in-clean-21.4.4';

describe('the step that a restart of the machine cut off', () => {
  it('is the current one of the process that is under way', () => {
    for (const release of ['21.4.4', '39.0.0']) {
      assert.deepEqual(interruptedStep(answered(`reset-in-write-image-${release}`)), {
        process: 'deploy',
        step: 'write_image',
      });
    }
    assert.deepEqual(interruptedStep(answered(inClean)), { process: 'clean', step: 'erase_devices_metadata' });
    const service = answeredWith('service-begins-39.0.0', { service_step_index: 0 });
    assert.deepEqual(interruptedStep(service), { process: 'service', step: 'erase_devices_metadata' });
  });

  it('is none where a clean or a service has only begun', () => {
    assert.equal(interruptedStep(answered('clean-begins-21.4.4')), null);
    assert.equal(interruptedStep(answered('service-begins-39.0.0')), null);
  });

  it('is a step of the conductor, which no agent knows, where a deployment begins or the machine boots its disk', () => {
    assert.equal(interruptedStep(answered('deploy-begins-39.0.0'))?.step, 'deploy');
    assert.equal(interruptedStep(answered('machine-boots-its-disk-21.4.4'))?.step, 'tear_down_agent');
  });

  it('is none where Ironic asked for the reboot', () => {
    for (const release of ['21.4.4', '39.0.0']) {
      assert.equal(interruptedStep(answered(`reboot-asked-for-${release}`)), null);
    }
    for (const flag of ['cleaning_reboot', 'deployment_reboot', 'servicing_reboot']) {
      assert.equal(interruptedStep(answeredWith(inDeploy, { [flag]: true })), null, flag);
    }
  });

  it('is none where a driver watches the step, or the conductor will run it again itself', () => {
    for (const flag of ['cleaning_polling', 'deployment_polling', 'servicing_polling']) {
      assert.equal(interruptedStep(answeredWith(inDeploy, { [flag]: true })), null, flag);
    }
    assert.equal(interruptedStep(answeredWith(inDeploy, { skip_current_deploy_step: false })), null);
  });

  it('is none for a step that the BMC runs', () => {
    const steps = [{ interface: 'bios', step: 'apply_configuration' }];
    assert.equal(interruptedStep(answeredWith(inClean, { clean_steps: steps })), null);
    assert.ok(interruptedStep(answeredWith(inClean, { clean_steps: [{ ...steps[0], interface: 'raid' }] })));
  });

  it('is none in any doubt', () => {
    const { uuid } = answered(inClean);
    const doubts = [
      { uuid },
      { uuid, driver_internal_info: {} },
      answeredWith(inClean, { clean_step_index: null }),
      answeredWith(inClean, { clean_step_index: '0' }),
      answeredWith(inClean, { clean_step_index: 7 }),
      answeredWith(inClean, { clean_step_index: -1 }),
      answeredWith(inClean, { clean_steps: null }),
      answeredWith(inClean, { clean_steps: 'erase_devices' }),
      answeredWith(inClean, { clean_steps: [{ step: 'erase_devices' }] }),
      answeredWith(inClean, { clean_steps: [null] }),
      answeredWith(inClean, { deploy_step_index: 1 }),
    ];
    for (const node of doubts) assert.equal(interruptedStep(node), null, JSON.stringify(node));
  });
});
