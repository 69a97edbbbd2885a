import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { commandOf, type Exchange, fieldOf, stepOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';
import type { ApiNode } from '../lab/ironic-api.ts';
import { recorded } from '../lab/recorded.ts';

export const tlsCallback = defineFlow({
  name: 'tls',
  title: 'the conductor calls the agent by TLS 1.3, and trusts the certificate that the heartbeat brings',
  needs: { tls: true },
  async run(stage) {
    const { tap, node, lab } = stage;
    await stage.makeAvailable();
    await node.set({ instance_info: lab.images.slowInstanceInfo('tls') });
    await node.provision('active');
    const isWriting = ({ deploy_step: step }: ApiNode): boolean => step?.step === 'write_image';
    await node.until('write_image', isWriting);
    await assertServesTls13(tap.exchanges);
    await node.reaches('active');
    await assertImageOnDisk(lab.images.image('disk.raw').file, stage.disk.path);
    const beats = tap.exchanges.filter(({ path }) => path.startsWith('/v1/heartbeat/'));
    assert.ok(beats.length > 0);
    for (const { request } of beats) {
      assert.match(String(fieldOf(request, 'callback_url')), /^https:/);
      assert.match(String(fieldOf(request, 'agent_verify_ca')), /^-----BEGIN CERTIFICATE-----/);
    }
  },
});

/** Who trusts the certificate of the heartbeat, as the conductor does, gets TLS 1.3; Ironic 39.0 wants no older one. */
async function assertServesTls13(exchanges: readonly Exchange[]): Promise<void> {
  const beat = exchanges.find(({ path }) => path.startsWith('/v1/heartbeat/'))?.request;
  const { hostname: host, port } = new URL(String(fieldOf(beat, 'callback_url')));
  const ca = String(fieldOf(beat, 'agent_verify_ca'));
  const protocolOf = async (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> => {
    const socket = connect({ host, port: Number(port), ca, maxVersion });
    try {
      await once(socket, 'secureConnect');
      return socket.authorized ? socket.getProtocol() : null;
    } catch {
      return null;
    } finally {
      socket.destroy();
    }
  };
  assert.equal(await protocolOf('TLSv1.3'), 'TLSv1.3');
  const lookup = exchanges.findLast(({ path, status }) => path === '/v1/lookup' && status === 200)?.answer;
  const oldest = fieldOf(fieldOf(lookup, 'config'), 'tls_min_version') ?? '1.2';
  assert.equal(await protocolOf('TLSv1.2'), oldest === '1.3' ? null : 'TLSv1.2');
}

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

/** Needs an Ironic with stream_raw_images off: the agent is told to fetch the image as a whole. */
export const rawNotStreamed = defineFlow({
  name: 'raw-not-streamed',
  title: 'deploy a raw image that the conductor does not want streamed',
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
    const post = stage.tap.exchanges.find((each) => stepOf(each) === 'write_image');
    const args = fieldOf(fieldOf(fieldOf(post?.request, 'params'), 'step'), 'args');
    assert.equal(fieldOf(fieldOf(args, 'image_info'), 'stream_raw_images'), false);
  },
});

export function hasBeatSincePowerOn({ power_state: power, driver_internal_info: info }: ApiNode): boolean {
  const [beat, change] = [info['agent_last_heartbeat'], info['last_power_state_change']].map(String);
  return power === 'power on' && 'agent_url' in info && Date.parse(beat ?? '') > Date.parse(change ?? '');
}
