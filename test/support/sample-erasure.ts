import type { BlockDevice } from '../../src/core/block-device.ts';
import type { Performer } from '../../src/storage/erase/certificate/common-fields.ts';
import type { DeviceErasure, MachineErasure } from '../../src/storage/erase/device-erasure.ts';

/** A disk as the inventory knows it. */
export function sampleDisk(more: Partial<BlockDevice> = {}): BlockDevice {
  return {
    path: '/dev/nvme0n1',
    kind: 'disk',
    disk: '/dev/nvme0n1',
    sizeBytes: 960_197_124_096,
    logicalSectorBytes: 512,
    physicalSectorBytes: 4096,
    readOnly: false,
    rotational: false,
    removable: false,
    model: 'SAMSUNG MZQL2960HCJR-00A07',
    vendor: null,
    serial: 'S64FNE0R402189',
    wwn: 'eui.36344630524021890025384300000001',
    wwnWithExtension: null,
    wwnVendorExtension: null,
    hctl: null,
    byPath: '/dev/disk/by-path/pci-0000:41:00.0-nvme-1',
    transport: 'nvme',
    uuid: null,
    partitionUuid: null,
    partitionType: null,
    partitionTableUuid: null,
    fileSystem: null,
    label: null,
    mountPoints: [],
    ...more,
  };
}

const smart = {
  passed: true,
  powerOnHours: 17_204,
  reallocatedSectors: null,
  pendingSectors: null,
  uncorrectableErrors: 0,
  percentageUsed: 4,
  temperatureCelsius: 36,
};

/** An NVMe disk that was purged. */
export function purgedDisk(more: Partial<DeviceErasure> = {}): DeviceErasure {
  return {
    device: sampleDisk(),
    methodAsked: 'nvme-sanitize-crypto',
    methodDone: 'nvme-sanitize-crypto',
    sanitization: 'purge',
    isClean: true,
    reason: null,
    startedAt: '2026-11-22T14:03:11.482Z',
    endedAt: '2026-11-22T14:03:49.020Z',
    attempts: [{ method: 'nvme-sanitize-crypto', error: null, tool: 'nvme sanitize 2.4', exitCode: 0 }],
    bytes: 0,
    badRanges: [],
    checks: [
      { name: 'sanitize-log', passed: true, detail: 'The drive reports status 1: the most recent sanitize completed.' },
      { name: 'watermarks', passed: true, detail: 'None of 64 watermarks of 4096 bytes was found again.' },
      { name: 'read-back', passed: true, detail: '1024 samples of 1 MiB read: no byte of the data before.' },
    ],
    details: { sprog: 65_535, sstat: 257, estimated_seconds: 30 },
    resumed: 0,
    smart: { before: smart, after: { ...smart, temperatureCelsius: 41 } },
    ...more,
  };
}

/** A hard disk that was overwritten. */
export function clearedDisk(more: Partial<DeviceErasure> = {}): DeviceErasure {
  const device = sampleDisk({
    path: '/dev/sda',
    disk: '/dev/sda',
    sizeBytes: 4_000_787_030_016,
    rotational: true,
    vendor: 'ATA',
    model: 'ST4000NM0035-1V4107',
    serial: 'ZC1A9KQ2',
    wwn: '0x5000c500a1b2c3d4',
    byPath: '/dev/disk/by-path/pci-0000:00:17.0-ata-1',
    transport: 'sata',
  });
  return purgedDisk({
    device,
    methodAsked: 'overwrite',
    methodDone: 'overwrite',
    sanitization: 'clear',
    endedAt: '2026-11-22T20:47:02.113Z',
    attempts: [{ method: 'overwrite', error: null, tool: 'ironhand', exitCode: null }],
    bytes: 8_001_574_060_032,
    checks: [
      { name: 'watermarks', passed: true, detail: 'None of 64 watermarks of 4096 bytes was found again.' },
      { name: 'read-back', passed: true, detail: '1024 samples of 1 MiB read: all of them zeros.' },
    ],
    details: { passes: 'stream, zeros', seconds: 24_230 },
    resumed: 1,
    smart: { before: null, after: null },
    ...more,
  });
}

/** A disk whose erase failed half way. */
export function failedDisk(more: Partial<DeviceErasure> = {}): DeviceErasure {
  const base = clearedDisk();
  return {
    ...base,
    device: { ...base.device, path: '/dev/sdb', disk: '/dev/sdb', serial: 'ZC1A9KR7', wwn: '0x5000c500a1b2c3e5' },
    methodAsked: 'ata-secure-erase-enhanced',
    methodDone: null,
    sanitization: null,
    isClean: false,
    reason: 'ata-secure-erase-enhanced failed: the drive is frozen; overwrite failed: 3 ranges could not be written',
    attempts: [
      { method: 'ata-secure-erase-enhanced', error: 'the drive is frozen', tool: 'hdparm 9.65', exitCode: 5 },
      { method: 'overwrite', error: '3 ranges could not be written', tool: 'ironhand', exitCode: null },
    ],
    badRanges: [
      { start: 1_048_576, end: 1_052_672 },
      { start: 4_096_000, end: 4_096_512 },
      { start: 9_000_448, end: 9_000_960 },
    ],
    checks: [{ name: 'read-back', passed: false, detail: '2 of 1024 samples of 1 MiB hold other bytes than zeros.' }],
    ...more,
  };
}

/** A disk of which only metadata was erased. */
export function metadataDisk(more: Partial<DeviceErasure> = {}): DeviceErasure {
  return clearedDisk({
    methodAsked: 'metadata',
    methodDone: 'metadata',
    sanitization: null,
    attempts: [{ method: 'metadata', error: null, tool: 'ironhand', exitCode: null }],
    bytes: 4_194_304,
    checks: [{ name: 'signatures', passed: true, detail: 'wipefs and our own search find no signature.' }],
    details: {},
    ...more,
  });
}

/** A run on a machine with these disks. */
export function sampleErasure(devices: readonly DeviceErasure[], more: Partial<MachineErasure> = {}): MachineErasure {
  return {
    runId: '5f0c9a2e-7d1b-4a63-9a55-0c3e8f6b1d24',
    step: 'erase_devices',
    nodeUuid: '3b4a1c52-9a4e-4e0e-8f0a-6a2f0d9c7b11',
    nodeName: 'rack7-node12',
    machine: { manufacturer: 'Dell Inc.', product: 'PowerEdge R650', serial: '7C3KQ93' },
    agentVersion: '0.1.0',
    planHash: '9d1f0c6b8a3e5d7c2b4f6a8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4',
    readBack: 'sample',
    startedAt: '2026-11-22T14:03:02.000Z',
    endedAt: '2026-11-22T20:47:05.500Z',
    devices,
    leftOut: [],
    ...more,
  };
}

export const samplePerformer: Performer = {
  operator: 'Jo Example, Data Centre Operations',
  location: 'Frankfurt 2, room 4',
  contact: '+49 69 000000',
};
