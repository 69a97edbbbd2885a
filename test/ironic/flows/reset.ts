import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNoTable } from '../lab/disk-evidence.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import type { ApiNode } from '../lab/ironic-api.ts';
import { knownToken, tokenOnMedia } from '../lab/known-token.ts';

const agentOfMedia = { args: () => ['--agent-token', knownToken] };

/** A step that the machine is reset in, as by a power loss or a watchdog: Ironic is not told. */
async function resetIn(stage: Stage, step: string): Promise<void> {
  await stage.stepBegan(step);
  await sleep(2500);
  // The conductor fails a step by itself where the power goes while it looks, which it does after a heartbeat.
  while (stage.tap.exchanges.at(-1)?.from !== 'conductor') await sleep(200);
  await stage.machine.reset();
}

async function whenWaiting(stage: Stage, state: string): Promise<void> {
  await stage.node.until(state, (node) => node.provision_state === state && node.reservation === null, 30);
  tokenOnMedia(stage);
}

function assertTold({ last_error: error }: ApiNode, step: string): void {
  assert.match(error ?? '', new RegExp(`${step}.*restarted`));
}

async function deploySlowly(stage: Stage): Promise<void> {
  await stage.makeAvailable();
  await stage.node.set({ instance_info: stage.lab.images.slowInstanceInfo(stage.node.uuid) });
  await stage.node.provision('active');
}

export const resetInDeploy = defineFlow({
  name: 'reset-in-deploy',
  title: 'the machine is reset in the middle of an image, and its agent knows the token: deploy failed, not active',
  needs: agentOfMedia,
  async run(stage) {
    await deploySlowly(stage);
    await whenWaiting(stage, 'wait call-back');
    await resetIn(stage, 'write_image');
    const node = await stage.node.rests('active');
    assert.equal(node.provision_state, 'deploy failed');
    assertTold(node, 'write_image');
    await assertNoTable(stage.disk.path);
    assert.ok(
      stage.lab.ironic.storedLogs.some((name) => name.includes(stage.node.uuid)),
      'no logs were stored',
    );
  },
});

const waitStep = { interface: 'deploy', step: 'lab_wait', args: { seconds: 60 } };

export const resetInClean = defineFlow({
  name: 'reset-in-clean',
  title: 'the machine is reset in the middle of a clean step, and its agent knows the token: clean failed, not clean',
  needs: agentOfMedia,
  async run(stage) {
    await stage.makeManageable();
    await stage.node.provision('clean', { clean_steps: [waitStep] });
    await whenWaiting(stage, 'clean wait');
    await resetIn(stage, 'lab_wait');
    const node = await stage.node.rests('manageable');
    assert.equal(node.provision_state, 'clean failed');
    assertTold(node, 'lab_wait');
  },
});

export const resetInService = defineFlow({
  name: 'reset-in-service',
  title:
    'the machine is reset in the middle of a service step, and its agent knows the token: service failed, not active',
  releases: ['39.0'],
  needs: agentOfMedia,
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await stage.node.provision('service', { service_steps: [waitStep] });
    await whenWaiting(stage, 'service wait');
    await resetIn(stage, 'lab_wait');
    const node = await stage.node.rests('active');
    assert.equal(node.provision_state, 'service failed');
    assertTold(node, 'lab_wait');
  },
});

/** For an Ironic that waits less than 60 s for a sign of life. */
export const resetWithoutToken = defineFlow({
  name: 'reset-without-token',
  title:
    'the machine is reset in the middle of an image, and its token is lost: deploy failed when the conductor has waited',
  async run(stage) {
    await deploySlowly(stage);
    await resetIn(stage, 'write_image');
    const node = await stage.node.rests('active');
    assert.equal(node.provision_state, 'deploy failed');
    assert.match(node.last_error ?? '', /Timeout reached/);
    await assertNoTable(stage.disk.path);
  },
});
