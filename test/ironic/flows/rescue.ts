import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../support/until.ts';
import { heartbeatTimes } from '../lab/conversation.ts';
import { commandOf, fieldOf } from '../lab/exchange.ts';
import { defineFlow, type Lab } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

/** boot_interface pxe: only it validates rescue. It writes files for a boot that nobody does. */
function pxe(lab: Lab): Readonly<Record<string, unknown>> {
  const kernel = `file://${lab.ironic.pathInside('www/disk.raw')}`;
  const names = ['deploy_kernel', 'deploy_ramdisk', 'rescue_kernel', 'rescue_ramdisk'];
  return { boot_interface: 'pxe', driver_info: Object.fromEntries(names.map((name) => [name, kernel])) };
}

export const rescue = defineFlow({
  name: 'rescue',
  title: 'rescue an active node: the hash is in its place, the agent serves no more; then back to the instance',
  needs: { node: pxe },
  async run(stage) {
    const { node, machine, tap } = stage;
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await node.provision('rescue', { rescue_password: 's3cret-pw' });
    await node.reaches('rescue');
    stage.spoke(recorded.deploy('write_image'), recorded.rescue);

    const finalize = tap.exchanges.find((each) => commandOf(each) === 'rescue.finalize_rescue');
    assert.equal(fieldOf(finalize?.answer, 'command_status'), 'SUCCEEDED');
    const hash = String(fieldOf(fieldOf(finalize?.request, 'params'), 'rescue_password'));
    assert.match(hash, /^\$5\$/);
    assert.equal(readFileSync(path.join(machine.rescueDir, 'ipa-rescue-password'), 'utf8').trim(), hash);
    await until(() => tap.isAgentServing().then((isServing) => !isServing), { withinMs: 20_000, what: 'closed port' });
    assert.equal(machine.isOn, true);

    await node.provision('unrescue');
    const { power_state: power, last_error: error } = await node.reaches('active');
    assert.deepEqual([power, error], ['power on', null]);
    assert.equal(machine.isOn, false);
    const lastBeat = heartbeatTimes(tap.exchanges).at(-1) ?? 0;
    assert.ok(lastBeat <= (finalize?.at ?? 0), 'a heartbeat came after the end of the service');
  },
});
