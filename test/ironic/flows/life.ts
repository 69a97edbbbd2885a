import assert from 'node:assert/strict';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { commandOf, fieldOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';
import type { ApiNode } from '../lab/ironic-api.ts';
import { recorded } from '../lab/recorded.ts';

export const tlsCallback = defineFlow({
  name: 'tls',
  title: 'the conductor calls the agent by TLS 1.3, and trusts the certificate that the heartbeat brings',
  needs: { tls: true },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
    const beats = stage.tap.exchanges.filter(({ path }) => path.startsWith('/v1/heartbeat/'));
    assert.ok(beats.length > 0);
    for (const { request } of beats) {
      assert.match(String(fieldOf(request, 'callback_url')), /^https:/);
      assert.match(String(fieldOf(request, 'agent_verify_ca')), /^-----BEGIN CERTIFICATE-----/);
    }
  },
});

export const fastTrack = defineFlow({
  name: 'fast-track',
  title: 'fast track: the agent runs on from clean to deploy, with one boot, one lookup and one token',
  needs: { fastTrack: true },
  async run(stage) {
    const { node, machine, tap, lab } = stage;
    await node.powerOn();
    await node.until('heartbeat of a machine that is on', hasBeatSincePowerOn, 60);
    const { boots } = machine;
    await node.provision('manage');
    await node.reaches('manageable');
    await node.provision('provide');
    await node.reaches('available');
    await stage.deploy(lab.images.instanceInfo('disk.raw'));
    await assertImageOnDisk(lab.images.image('disk.raw').file, stage.disk.path);
    assert.equal(machine.boots, boots);
    stage.spoke(
      recorded.clean('erase_devices_metadata'),
      recorded
        .deploy('write_image')
        .filter((line) => line !== '> lookup' && line !== '< look: get_deploy_steps:SUCCEEDED'),
    );
    const tokens = tap.exchanges.filter((each) => commandOf(each) !== null).map(({ query }) => query['agent_token']);
    assert.equal(new Set(tokens).size, 1);
  },
});

export function hasBeatSincePowerOn({ power_state: power, driver_internal_info: info }: ApiNode): boolean {
  const [beat, change] = [info['agent_last_heartbeat'], info['last_power_state_change']].map(String);
  return power === 'power on' && 'agent_url' in info && Date.parse(beat ?? '') > Date.parse(change ?? '');
}
