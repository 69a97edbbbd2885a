import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { collectInterfaces } from '../../../src/inventory/network-interfaces.ts';
import { SysfsTree } from './sysfs-tree.ts';

const card = 'devices/pci0000:00/0000:00:1c.0/0000:01:00.0';

describe('collectInterfaces', () => {
  it('tells everything of a card, in the order of the wire', () => {
    using sys = new SysfsTree({
      [`${card}/vendor`]: '0x8086',
      [`${card}/device`]: '0x1572',
      'bus/pci/drivers/i40e/': '',
      'class/net/eth0/address': '52:54:00:00:00:01',
      'class/net/eth0/carrier': '1',
      'class/net/eth0/speed': '25000',
    });
    symlinkSync(join(sys.root, card), join(sys.root, 'class/net/eth0/device'));
    symlinkSync('../../../../bus/pci/drivers/i40e', join(sys.root, card, 'driver'));
    const addresses = {
      eth0: [
        { family: 'IPv6', address: 'fe80::1' },
        { family: 'IPv4', address: '192.0.2.1' },
        { family: 'IPv6', address: '2001:db8::1' },
      ] as const,
    };
    const [found] = collectInterfaces(sys.root, addresses);
    assert.deepEqual(Object.entries(found ?? {}), [
      ['name', 'eth0'],
      ['mac_address', '52:54:00:00:00:01'],
      ['ipv4_address', '192.0.2.1'],
      ['ipv6_address', '2001:db8::1'],
      ['has_carrier', true],
      ['lldp', null],
      ['vendor', '0x8086'],
      ['product', '0x1572'],
      ['client_id', null],
      ['biosdevname', null],
      ['speed_mbps', 25000],
      ['pci_address', '0000:01:00.0'],
      ['driver', 'i40e'],
    ]);
  });

  it('tells the PCI function under a virtio device', () => {
    using sys = new SysfsTree({ 'class/net/eth0/address': '52:54:00:00:00:01' });
    const device = join(sys.root, 'devices/pci0000:00/0000:00:03.0/virtio2');
    mkdirSync(device, { recursive: true });
    symlinkSync(device, join(sys.root, 'class/net/eth0/device'));
    assert.equal(collectInterfaces(sys.root, {})[0]?.pci_address, '0000:00:03.0');
  });

  it('leaves null what a plain interface does not tell, and takes no speed for an unplugged one', () => {
    using sys = new SysfsTree({
      'class/net/bond0/bonding/': '',
      'class/net/bond0/address': '52:54:00:00:00:01',
      'class/net/bond0/speed': '-1',
      'class/net/bond0/carrier': '0',
    });
    const [found] = collectInterfaces(sys.root, {});
    assert.deepEqual(
      [found?.ipv4_address, found?.has_carrier, found?.vendor, found?.speed_mbps, found?.pci_address, found?.driver],
      [null, false, null, null, null, null],
    );
  });

  it('tells a link-local address when there is no other', () => {
    using sys = new SysfsTree({ 'class/net/eth0/device/': '', 'class/net/eth0/address': '52:54:00:00:00:01' });
    const addresses = { eth0: [{ family: 'IPv6', address: 'fe80::1' }] as const };
    assert.equal(collectInterfaces(sys.root, addresses)[0]?.ipv6_address, 'fe80::1');
  });
});
