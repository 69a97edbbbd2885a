import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blockDeviceToWire } from '../../../src/inventory/block-device-to-wire.ts';
import { blocksMebibytes, modulesMebibytes, totalBytes } from '../../../src/inventory/memory.ts';
import { describeProcessor } from '../../../src/inventory/processor.ts';
import { collectSystemVendor } from '../../../src/inventory/system-vendor.ts';
import { SysfsTree } from './sysfs-tree.ts';

describe('the processor', () => {
  const fields = {
    'Model name': 'AMD EPYC 7763',
    'CPU(s)': '64',
    'CPU max MHz': '3675.0000',
    Architecture: 'x86_64',
    Flags: 'fpu vme  sse2',
    'Socket(s)': '2',
  };

  it('is what lscpu says, with the highest frequency in MHz as a text', () => {
    assert.deepEqual(describeProcessor(fields, 'cpu MHz\t\t: 1500.000\n'), {
      model_name: 'AMD EPYC 7763',
      frequency: '3675',
      count: 64,
      architecture: 'x86_64',
      flags: ['fpu', 'vme', 'sse2'],
      socket_count: 2,
    });
  });

  it('has flags, name and the present frequency from the kernel where lscpu does not say', () => {
    const cpuinfo = 'model name\t: Xeon\ncpu MHz\t\t: 2596.138\nflags\t\t: fpu vme\n';
    const { model_name, frequency, flags } = describeProcessor({ 'CPU(s)': '1' }, cpuinfo);
    assert.deepEqual([model_name, frequency, flags], ['Xeon', '2596', ['fpu', 'vme']]);
  });

  it('has no frequency and no sockets where nobody knows', () => {
    const arm = describeProcessor({ 'CPU(s)': '1' }, 'Features\t: fp asimd\n');
    assert.deepEqual([arm.frequency, arm.socket_count, arm.flags], ['', null, ['fp', 'asimd']]);
  });

  it('is not made up where lscpu does not count', () => {
    assert.throws(() => describeProcessor({}, ''), /lscpu: expected CPU\(s\), got nothing/);
  });
});

describe('the memory', () => {
  it('is in bytes what the kernel can use', () => {
    assert.equal(totalBytes('MemTotal:       24683656 kB\nMemFree: 1 kB\n'), 24_683_656 * 1024);
    assert.throws(() => totalBytes('nothing'), /expected MemTotal/);
  });

  it('is the sum of its modules, but not of empty slots or of what only repeats the total', () => {
    const module = { size: 16 * 2 ** 30, type: 'DDR4' };
    assert.equal(modulesMebibytes([module, module, { size: 0, type: 'Empty' }]), 32_768);
    assert.equal(modulesMebibytes([{ size: 25_276_063_744, type: '' }]), null);
    assert.equal(modulesMebibytes([]), null);
  });

  it('is the sum of its blocks that are online', () => {
    using sys = new SysfsTree({
      'devices/system/memory/block_size_bytes': '8000000',
      'devices/system/memory/memory0/online': '1',
      'devices/system/memory/memory1/online': '1',
      'devices/system/memory/memory2/online': '0',
      'devices/system/memory/power/x': '',
    });
    assert.equal(blocksMebibytes(sys.root), 256);
    assert.equal(blocksMebibytes('/nonexistent'), null);
  });
});

describe('the vendor of the system', () => {
  it('is told by DMI', () => {
    using sys = new SysfsTree({
      'class/dmi/id/product_name': 'PowerEdge R640',
      'class/dmi/id/product_serial': 'ABC123',
      'class/dmi/id/sys_vendor': 'Dell Inc.',
      'class/dmi/id/bios_vendor': 'Dell Inc.',
      'class/dmi/id/bios_version': '2.10.0',
      'class/dmi/id/bios_date': '11/12/2020',
    });
    assert.deepEqual(collectSystemVendor(sys.root, '/nonexistent'), {
      product_name: 'PowerEdge R640',
      serial_number: 'ABC123',
      manufacturer: 'Dell Inc.',
      firmware: { vendor: 'Dell Inc.', version: '2.10.0', build_date: '11/12/2020' },
    });
  });

  it('is told by the device tree where there is no DMI, or by nobody', () => {
    using tree = new SysfsTree({ model: 'Raspberry Pi 4\0', 'serial-number': '10000000\0' });
    assert.equal(collectSystemVendor('/nonexistent', tree.root).product_name, 'Raspberry Pi 4');
    assert.equal(collectSystemVendor('/nonexistent', '/nonexistent').serial_number, '');
  });
});

describe('blockDeviceToWire', () => {
  it('uses the fields of Ironic in their order, and tells no file system', () => {
    const device = {
      path: '/dev/sda',
      kind: 'disk',
      disk: '/dev/sda',
      sizeBytes: 480_103_981_056,
      logicalSectorBytes: 512,
      physicalSectorBytes: 4096,
      readOnly: false,
      rotational: true,
      removable: false,
      model: 'MODEL',
      vendor: 'ATA',
      serial: 'S1',
      wwn: '0x5000',
      wwnWithExtension: '0x5000e',
      wwnVendorExtension: 'e',
      hctl: '0:0:0:0',
      byPath: '/dev/disk/by-path/pci-1',
      diskSequence: 1,
      transport: 'sata',
      uuid: 'u',
      partitionUuid: null,
      partitionType: null,
      partitionTableUuid: null,
      fileSystem: 'ext4',
      label: null,
      mountPoints: ['/'],
    } as const;
    assert.deepEqual(Object.entries(blockDeviceToWire(device)), [
      ['name', '/dev/sda'],
      ['model', 'MODEL'],
      ['size', 480_103_981_056],
      ['rotational', true],
      ['wwn', '0x5000'],
      ['serial', 'S1'],
      ['vendor', 'ATA'],
      ['wwn_with_extension', '0x5000e'],
      ['wwn_vendor_extension', 'e'],
      ['hctl', '0:0:0:0'],
      ['by_path', '/dev/disk/by-path/pci-1'],
      ['logical_sectors', 512],
      ['physical_sectors', 4096],
      ['tran', 'sata'],
    ]);
  });
});
