import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dmiOf } from '../../../../src/inspection/collectors/dmi-decode.ts';
import { lldpInterfaces } from '../../../../src/inspection/collectors/lldp.ts';
import { numaTopology } from '../../../../src/inspection/collectors/numa-topology.ts';
import { pciDevices } from '../../../../src/inspection/collectors/pci-devices.ts';
import { usbDevices } from '../../../../src/inspection/collectors/usb-devices.ts';
import { parseDmidecode } from '../../../../src/tools/dmidecode.ts';
import { CapturedMachine } from '../../../support/captured-machine.ts';
import { capturedOutput } from '../../../support/captured-output.ts';
import { SysfsTree } from '../../inventory/sysfs-tree.ts';

const mac = (last: string): string => `52:54:00:00:00:${last}`;

describe('pciDevices', () => {
  it('tells what is on the bus of a captured machine, as text without 0x', () => {
    using machine = new CapturedMachine('firecracker-vm');
    const devices = pciDevices(machine.path('/sys'));
    assert.deepEqual(devices[0], {
      vendor_id: '8086',
      product_id: '0d57',
      class: '060000',
      revision: '00',
      bus: '0000:00:00.0',
      numa_node_id: '-1',
    });
    assert.ok(devices.some(({ vendor_id, class: kind }) => vendor_id === '1af4' && kind === '020000'));
  });

  it('tells the NUMA node, and -1 for a kernel without them', () => {
    const device = { vendor: '0x15b3', device: '0x1017', class: '0x020000', revision: '0x0A' };
    const files = (bus: string, more = {}): object =>
      Object.fromEntries(
        Object.entries({ ...device, ...more }).map(([name, text]) => [`bus/pci/devices/${bus}/${name}`, text]),
      );
    using tree = new SysfsTree({ ...files('0000:3b:00.1'), ...files('0000:3b:00.0', { numa_node: '1' }) });
    assert.deepEqual(
      pciDevices(tree.root).map(({ bus, revision, numa_node_id }) => [bus, revision, numa_node_id]),
      [
        ['0000:3b:00.0', '0A', '1'],
        ['0000:3b:00.1', '0A', '-1'],
      ],
    );
  });
});

describe('usbDevices', () => {
  it('tells of devices, not of hubs and interfaces; by number where they have no name', () => {
    const at = 'bus/usb/devices';
    using tree = new SysfsTree({
      [`${at}/usb1/bDeviceClass`]: '09',
      [`${at}/1-1/bDeviceClass`]: '00',
      [`${at}/1-1/product`]: 'Virtual Keyboard',
      [`${at}/1-1/manufacturer`]: 'Avocent',
      [`${at}/1-1/busnum`]: '1',
      [`${at}/1-1/devnum`]: '4',
      [`${at}/1-1:1.0/bInterfaceClass`]: '03',
      [`${at}/2-1.3/bDeviceClass`]: 'ef',
      [`${at}/2-1.3/idVendor`]: '0781',
      [`${at}/2-1.3/idProduct`]: '5581',
      [`${at}/2-1.3/busnum`]: '2',
      [`${at}/2-1.3/devnum`]: '11',
    });
    assert.deepEqual(usbDevices(tree.root), [
      { product: 'Virtual Keyboard', vendor: 'Avocent', handle: 'USB:1:4' },
      { product: '5581', vendor: '0781', handle: 'USB:2:11' },
    ]);
  });

  it('tells of none where the machine has no USB', () => {
    using tree = new SysfsTree({});
    assert.deepEqual(usbDevices(tree.root), []);
  });
});

/** Two packages in one node with cores of the same number, and threads that are not numbered side by side. */
function nodeFiles(meminfo: string): Readonly<Record<string, string>> {
  const node = 'devices/system/node/node0';
  const cpu = (thread: number, core: number, socket: number): [string, string][] => [
    [`devices/system/cpu/cpu${thread}/topology/core_id`, String(core)],
    [`devices/system/cpu/cpu${thread}/topology/physical_package_id`, String(socket)],
  ];
  return {
    [`${node}/meminfo`]: meminfo,
    [`${node}/cpulist`]: '0-2,10',
    'devices/system/node/node10/cpulist': '',
    'devices/system/node/node10/meminfo': 'Node 10 MemTotal:       2048 kB',
    ...Object.fromEntries([...cpu(0, 7, 0), ...cpu(1, 7, 1), ...cpu(2, 7, 0), ...cpu(10, 7, 1)]),
    'class/net/eth0/address': mac('01'),
    'class/net/eth0/device/numa_node': '10',
    'class/net/eth1/address': mac('02'),
    'class/net/eth1/device/uevent': '',
  };
}

describe('numaTopology', () => {
  it('puts memory, cores with their threads, and interfaces to their nodes', () => {
    using tree = new SysfsTree(nodeFiles('Node 0 MemTotal:       65842508 kB\nNode 0 MemFree:  1 kB'));
    assert.deepEqual(numaTopology(tree.root), {
      ram: [
        { numa_node: 0, size_kb: 65842508 },
        { numa_node: 10, size_kb: 2048 },
      ],
      cpus: [
        { cpu: 7, numa_node: 0, thread_siblings: [0, 2] },
        { cpu: 7, numa_node: 0, thread_siblings: [1, 10] },
      ],
      nics: [{ name: 'eth0', numa_node: 10 }],
    });
  });

  it('refuses what it does not understand, naming it', () => {
    using tree = new SysfsTree(nodeFiles('Node 0 MemTotal: much'));
    assert.throws(() => numaTopology(tree.root), /node0\/meminfo: expected a number, found ''/);
  });

  it('is null where the kernel tells of no nodes', () => {
    using tree = new SysfsTree({});
    assert.equal(numaTopology(tree.root), null);
  });

  it('of a captured machine is one node with its processors', () => {
    using machine = new CapturedMachine('firecracker-vm');
    const { ram, cpus } = numaTopology(machine.path('/sys')) ?? {};
    assert.equal(ram?.length, 1);
    assert.deepEqual(
      cpus?.flatMap(({ thread_siblings }) => thread_siblings).sort((one, other) => one - other),
      [0, 1],
    );
  });
});

describe('lldpInterfaces', () => {
  it('listens on hardware that is up, and on nothing that is on top of it', () => {
    using tree = new SysfsTree({
      'class/net/eth0/address': mac('01'),
      'class/net/eth0/device/uevent': '',
      'class/net/eth0/flags': '0x1003',
      'class/net/eth1/address': mac('02'),
      'class/net/eth1/device/uevent': '',
      'class/net/eth1/flags': '0x1002',
      'class/net/eth0.100/address': mac('01'),
      'class/net/eth0.100/flags': '0x1003',
      'class/net/bond0/address': mac('03'),
      'class/net/bond0/bonding/': '',
      'class/net/bond0/flags': '0x1003',
    });
    assert.deepEqual(lldpInterfaces(tree.root), ['eth0']);
  });
});

describe('dmiOf', () => {
  it('sorts the structures of a machine into firmware, processors and memory', () => {
    const { bios, cpu, memory } = dmiOf(parseDmidecode(capturedOutput('dmidecode', 'qemu').text));
    assert.equal(bios['Version'], '1.2.3');
    assert.deepEqual(
      cpu.map((each) => each['Socket Designation']),
      ['CPU 0', 'CPU 1'],
    );
    const { devices, ...array } = memory as { devices: readonly Record<string, unknown>[] } & Record<string, unknown>;
    assert.equal(array['Maximum Capacity'], '2 GB');
    assert.deepEqual(
      devices.map((device) => [device['Locator'], device['Size']]),
      [['DIMM 0', '2 GB']],
    );
  });

  it('is empty where the firmware tells nothing', () => {
    assert.deepEqual(dmiOf([]), { bios: {}, cpu: [], memory: { devices: [] } });
  });
});
