import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { biosDeviceName } from '../../../src/inventory/bios-device-name.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';
import { SysfsTree } from './sysfs-tree.ts';

/** Network interfaces at these PCI functions, in this order. */
function cards(sys: SysfsTree, functions: Readonly<Record<string, string>>): void {
  for (const [name, address] of Object.entries(functions)) {
    const device = join(sys.root, 'devices/pci0000:00', address);
    mkdirSync(device, { recursive: true });
    mkdirSync(join(sys.root, 'class/net', name), { recursive: true });
    symlinkSync(device, join(sys.root, 'class/net', name, 'device'));
  }
}

describe('biosDeviceName', () => {
  it('counts ports on the board as the firmware does', () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    assert.equal(biosDeviceName('eno1', machine.path('/sys')), 'em1');
    using sys = new SysfsTree({ 'devices/pci0000:00/0000:00:03.0/acpi_index': '2' });
    cards(sys, { eth0: '0000:00:03.0' });
    assert.equal(biosDeviceName('eth0', sys.root), 'em2');
  });

  it('names a card by its slot, and its ports in their order', () => {
    using machine = new CapturedMachine('i440fx-bios-usb');
    assert.equal(biosDeviceName('ens3', machine.path('/sys')), 'p3p1');
    using sys = new SysfsTree({ 'bus/pci/slots/4/address': '0000:04:00', 'bus/pci/slots/5/address': '0000:05:00' });
    cards(sys, { ethA: '0000:04:00.1', ethB: '0000:04:00.0', ethC: '0000:05:00.0' });
    assert.deepEqual(
      ['ethA', 'ethB', 'ethC'].map((name) => biosDeviceName(name, sys.root)),
      ['p4p2', 'p4p1', 'p5p1'],
    );
  });

  it('has no name for a port in no slot, a virtual function, a bond, or where there is no firmware', () => {
    using sys = new SysfsTree({
      'bus/pci/slots/0/address': '0000:01:00',
      'bus/pci/slots/6/address': '0000:06:00',
      'devices/pci0000:00/0000:06:00.1/physfn/vendor': '0x8086',
      'class/net/bond0/address': '52:54:00:00:00:01',
    });
    cards(sys, { port0: '0000:01:00.0', vf0: '0000:06:00.1' });
    assert.deepEqual(
      ['port0', 'vf0', 'bond0'].map((name) => biosDeviceName(name, sys.root)),
      [null, null, null],
    );
    using machine = new CapturedMachine('firecracker-vm');
    assert.equal(biosDeviceName('eth0', machine.path('/sys')), null);
  });
});
