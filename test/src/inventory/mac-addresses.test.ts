import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hardwareInterfaces, lookupMacAddresses } from '../../../src/inventory/mac-addresses.ts';
import { SysfsTree } from './sysfs-tree.ts';

const loopback = { 'class/net/lo/address': '00:00:00:00:00:00' };

describe('hardwareInterfaces', () => {
  it('finds interfaces with a device, VLANs and bonds, and nothing else', () => {
    using sys = new SysfsTree({
      ...loopback,
      'class/net/eth0/device/': '',
      'class/net/eth0/address': '52:54:00:00:00:01',
      'class/net/eth0.100/address': '52:54:00:00:00:01',
      'class/net/bond0/bonding/': '',
      'class/net/bond0/address': '52:54:00:00:00:02',
      'class/net/docker0/address': '52:54:00:00:00:03',
      'class/net/veth.1a/address': '52:54:00:00:00:04',
      'class/net/bonding_masters': '',
    });
    assert.deepEqual(hardwareInterfaces(sys.root), [
      { name: 'bond0', macAddress: '52:54:00:00:00:02', clientId: null },
      { name: 'eth0', macAddress: '52:54:00:00:00:01', clientId: null },
      { name: 'eth0.100', macAddress: '52:54:00:00:00:01', clientId: null },
    ]);
  });

  it('tells the permanent address of a bond member', () => {
    using sys = new SysfsTree({
      'class/net/eth1/device/': '',
      'class/net/eth1/address': '52:54:00:00:00:01',
      'class/net/eth1/bonding_slave/perm_hwaddr': '52:54:00:AA:00:02',
    });
    assert.deepEqual(hardwareInterfaces(sys.root), [{ name: 'eth1', macAddress: '52:54:00:aa:00:02', clientId: null }]);
  });

  it('gives an InfiniBand port the MAC address and the client id that its firmware uses in DHCP', () => {
    using sys = new SysfsTree({
      'class/net/ib0/device/': '',
      'class/net/ib0/address': '80:00:00:48:fe:80:00:00:00:00:00:00:e4:1d:2d:03:00:4f:65:81',
    });
    assert.deepEqual(hardwareInterfaces(sys.root), [
      {
        name: 'ib0',
        macAddress: 'e4:1d:2d:4f:65:81',
        clientId: 'ff:00:00:00:00:00:02:00:00:02:c9:00:e4:1d:2d:03:00:4f:65:81',
      },
    ]);
  });

  it('leaves out addresses that are no MAC', () => {
    using sys = new SysfsTree({
      'class/net/ppp0/device/': '',
      'class/net/ppp0/address': '',
      'class/net/null0/device/': '',
      'class/net/null0/address': '00:00:00:00:00:00',
      'class/net/bare0/device/': '',
    });
    assert.deepEqual(hardwareInterfaces(sys.root), []);
  });

  it('keeps addresses that begin with fa, as OpenStack gives them to virtual machines', () => {
    using sys = new SysfsTree({ 'class/net/eth0/device/': '', 'class/net/eth0/address': 'fa:16:3e:00:00:01' });
    assert.equal(hardwareInterfaces(sys.root).length, 1);
  });
});

describe('lookupMacAddresses', () => {
  it('gives each address of the machine once', () => {
    using sys = new SysfsTree({
      'class/net/eth0/device/': '',
      'class/net/eth0/address': '52:54:00:00:00:01',
      'class/net/eth0.7/address': '52:54:00:00:00:01',
    });
    assert.deepEqual(lookupMacAddresses({ macAddresses: [] }, sys.root), ['52:54:00:00:00:01']);
  });

  it('prefers the addresses that were configured', () => {
    assert.deepEqual(lookupMacAddresses({ macAddresses: ['52:54:00:AB:00:01'] }, '/nonexistent'), [
      '52:54:00:ab:00:01',
    ]);
  });

  it('says what was found and which option helps where there is no hardware', () => {
    using sys = new SysfsTree(loopback);
    assert.throws(() => lookupMacAddresses({ macAddresses: [] }, sys.root), {
      name: 'LookupNodeError',
      message: /found lo; mac_addresses gives other addresses/,
    });
    assert.throws(() => lookupMacAddresses({ macAddresses: [] }, '/nonexistent'), /found none/);
  });
});
