import assert from 'node:assert/strict';
import path from 'node:path';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { fieldOf } from '../lab/exchange.ts';
import { defineFlow, type Lab } from '../lab/flow.ts';
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

/** boot_interface pxe: only it validates rescue. It writes files for a boot that nobody does. */
function pxe(lab: Lab): Readonly<Record<string, unknown>> {
  const kernel = `file://${lab.ironic.pathInside('www/disk.raw')}`;
  const names = ['deploy_kernel', 'deploy_ramdisk', 'rescue_kernel', 'rescue_ramdisk'];
  return { boot_interface: 'pxe', driver_info: Object.fromEntries(names.map((name) => [name, kernel])) };
}

export const rescue = defineFlow({
  name: 'rescue',
  title: 'rescue an active node and bring it back',
  needs: { node: pxe, args: ({ ironic }) => ['--rescue-dir', path.join(ironic.directory, 'rescue')] },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    await stage.node.provision('rescue', { rescue_password: 's3cret-pw' });
    await stage.node.reaches('rescue');
    stage.spoke(recorded.deploy('write_image'), recorded.rescue);
    await stage.node.provision('unrescue');
    await stage.node.reaches('active');
  },
});
