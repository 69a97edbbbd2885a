import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { collectInventory } from '../../../src/inventory/collect-inventory.ts';
import { collectInterfaces } from '../../../src/inventory/network-interfaces.ts';
import { createStorageHost } from '../../support/storage-host.ts';

const host = () => createStorageHost([], { pxeInterface: '01-aa-bb-cc-dd-ee-ff' });
const noDisks = { listDisks: () => Promise.resolve([]) };

describe('collectInventory', () => {
  it('tells of this machine in the shape and order of the wire', async () => {
    const { inventory } = await collectInventory(host(), noDisks);
    assert.deepEqual(Object.keys(inventory), [
      'interfaces',
      'cpu',
      'disks',
      'memory',
      'bmc_address',
      'bmc_v6address',
      'system_vendor',
      'boot',
      'hostname',
    ]);
    assert.deepEqual(Object.keys(inventory.cpu), [
      'model_name',
      'frequency',
      'count',
      'architecture',
      'flags',
      'socket_count',
    ]);
    assert.ok(inventory.cpu.count > 0);
    assert.ok(inventory.memory.total > 100 * 2 ** 20);
    assert.equal(inventory.boot.pxe_interface, '01-aa-bb-cc-dd-ee-ff');
    assert.equal(inventory.hostname, hostname());
  });

  it('has the MAC address of the BMC last where it tells one, and what switches told at their interfaces', async () => {
    const bmc = { ipv4: '192.0.2.1', ipv6: '::/0', mac: '52:54:00:00:00:01' };
    const eth0 = collectInterfaces('/sys').slice(0, 1);
    const { inventory } = await collectInventory(host(), {
      ...noDisks,
      bmc: () => Promise.resolve(bmc),
      interfaces: () => Promise.resolve(eth0),
      lldp: () => Promise.resolve({ [eth0[0]?.name ?? '']: [[1, '04aa']] }),
    });
    assert.equal(Object.keys(inventory).at(-1), 'bmc_mac');
    assert.deepEqual([inventory.bmc_address, inventory.bmc_v6address, inventory.bmc_mac], Object.values(bmc));
    assert.deepEqual(inventory.interfaces[0]?.lldp, [[1, '04aa']]);
  });

  it('does without any part that fails, and says which', async () => {
    const fail = () => {
      throw new Error('no such luck');
    };
    const broken = host();
    const { inventory, warnings } = await collectInventory(broken, {
      listDisks: () => Promise.reject(new Error('lsblk: exit code 1')),
      interfaces: fail,
      processor: fail,
      memory: fail,
      systemVendor: fail,
      bmc: fail,
      lldp: fail,
    });
    assert.deepEqual(inventory.disks, []);
    assert.deepEqual(inventory.interfaces, []);
    assert.deepEqual(inventory.memory, { total: 0, physical_mb: null });
    for (const part of ['interfaces', 'cpu', 'disks', 'memory', 'system_vendor', 'bmc_address', 'lldp']) {
      assert.ok(
        warnings.some((warning) => warning.startsWith(`${part}: `)),
        part,
      );
      assert.ok(
        broken.entries.some((entry) => entry.part === part),
        part,
      );
    }
    assert.ok(warnings.includes('disks: lsblk: exit code 1'));
  });
});
