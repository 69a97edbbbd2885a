import assert from 'node:assert/strict';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { fieldOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';

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
  title: 'fast track: the agent runs on from clean to deploy, with one boot and one token',
  needs: { fastTrack: true },
  async run(stage) {
    await stage.node.until('first heartbeat', (node) => 'agent_url' in node.driver_internal_info, 60);
    await stage.node.provision('manage');
    await stage.node.reaches('manageable');
    await stage.node.provision('provide');
    await stage.node.reaches('available');
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
  },
});
