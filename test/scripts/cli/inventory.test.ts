import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import { runCli } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('ironhand inventory', { concurrency: true }, () => {
  it('prints this machine as JSON and says that no disk was named, without an agent or Redis', async () => {
    const { code, stdout, stderr } = await runCli(['inventory', '--no-bmc']);
    assert.equal(code, 0, stderr);
    const inventory = JSON.parse(stdout) as Inventory;
    assert.equal(inventory.hostname, hostname());
    assert.ok(inventory.cpu.count > 0 && inventory.memory.total > 0);
    assert.equal(inventory.bmc_address, null);
    assert.match(stdout, /^\{\n {2}"interfaces": \[/);
    assert.match(stderr, /note: outside the ramdisk only the disks named by --devices are listed/);
  });

  it('says which part is missing, and why, and by its exit code that one is', async () => {
    using managers = temporaryDirectory();
    const manager = `export default ({ HardwareSupport }) => ({
      name: 'no_disks', className: 'NoDisks', version: '1',
      evaluateSupport: async () => HardwareSupport.serviceProvider,
      listBlockDevices: () => Promise.reject(new Error('the controller is on fire')),
    });`;
    writeFileSync(path.join(managers.path, 'no-disks.mjs'), manager);
    const { code, stdout, stderr } = await runCli(['inventory', '--no-bmc', '--hardware-manager-dir', managers.path]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^missing: disks: .*the controller is on fire/m);
    assert.deepEqual((JSON.parse(stdout) as Inventory).disks, []);
  });

  it('names a hardware manager that it cannot use', async () => {
    using managers = temporaryDirectory();
    writeFileSync(path.join(managers.path, 'broken.mjs'), 'export default 1;');
    const { code, stderr } = await runCli(['inventory', '--no-bmc', '--hardware-manager-dir', managers.path]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^note: .*broken\.mjs is not used: /m);
  });

  it('prints nothing where the configuration is wrong', async () => {
    const { code, stdout, stderr } = await runCli(['inventory', '--lldp-timeout', 'soon']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /lldp_timeout/);
  });
});
