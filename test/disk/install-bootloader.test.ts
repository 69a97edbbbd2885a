import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { makeBootable } from '../../src/boot/install-bootloader.ts';
import type { JobContext } from '../../src/core/job-context.ts';
import type { SafetyLatch } from '../../src/core/safety-latch.ts';
import type { RunTool } from '../../src/core/tool.ts';
import { CommandExecutionError, DeviceNotFoundError, SafetyLatchError } from '../../src/errors/catalogue.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { bootContext } from '../src/boot/boot-context.ts';
import { type FakeFirmware, fakeFirmware } from '../src/boot/fake-firmware.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';

const execute = promisify(execFile);
const guid = '9c4735e2-5161-40f6-82e7-309d7d900e87';
const request = { firmware: 'uefi', rootUuid: null, espUuid: null } as const;
const csv = Buffer.from('\ufeffshimx64.efi,debian,,This is the boot entry for debian\n', 'utf16le');

/** Not every kernel has FAT; another file system then stands in for it, in this test only. */
const fileSystem = /\bvfat$/m.test(readFileSync('/proc/filesystems', 'utf8')) ? 'vfat' : 'ext4';

/** A loop device with a GPT whose second partition is an EFI system partition; the kernel does not know them yet. */
async function diskWithEsp(espType = 'ef00'): Promise<LoopDevice> {
  const disk = await createLoopDevice({ sizeBytes: 64 * 1024 ** 2 });
  const layout = ['-n', '1:0:+4M', '-t', '1:8300', '-n', '2:0:+48M', '-t', `2:${espType}`, '-u', `2:${guid}`];
  await execute('sgdisk', [...layout, disk.path]);
  return disk;
}

async function putOnEsp(disk: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  await execute('partx', ['--update', disk]);
  await execute(`mkfs.${fileSystem}`, [`${disk}p2`]);
  await using directory = await mkdtempDisposable(join(tmpdir(), 'ironhand-test-'));
  await execute('mount', ['-t', fileSystem, `${disk}p2`, directory.path]);
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory.path, path)), { recursive: true });
      await writeFile(join(directory.path, path), content);
    }
  } finally {
    await execute('umount', [directory.path]);
  }
}

interface DiskContext extends JobContext {
  /** Where partitions were mounted. */
  readonly mountPoints: string[];
}

/** Real programs and a closed latch for the one disk; the firmware alone is not that of this machine. */
function contextFor(disk: string, firmware: FakeFirmware): DiskContext {
  const host = createStorageHost([disk]);
  const latch: SafetyLatch = {
    ...host.latch,
    permit: (effect) => {
      if (effect.kind !== 'nvram') host.latch.permit(effect);
    },
  };
  const mountPoints: string[] = [];
  const run: RunTool = async (call) => {
    if (call.program === 'efibootmgr') {
      return { stdout: firmware.efibootmgr(call.args), stderr: '', exitCode: 0 };
    }
    if (call.program === 'mount') mountPoints.push(call.args.at(-1) ?? '');
    return await host.run({ ...call, args: call.args.map((arg) => (arg === 'vfat' ? fileSystem : arg)) });
  };
  const recorded = bootContext({ facts: { writtenImage: { id: 'image', device: disk } } });
  const managers = {
    ...recorded.managers,
    listBlockDevices: async (_host: unknown, options: { readonly partitions?: boolean } = {}) =>
      await listBlockDevices(host, { partitions: options.partitions ?? false }),
  };
  return { ...recorded, ...host, latch, run, managers, mountPoints };
}

/** Every mount point was private, is free again and gone. */
function assertCleanedUp(disk: string, context: DiskContext): void {
  const mounted = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  assert.deepEqual(
    mounted.filter((line) => line.startsWith(disk)),
    [],
  );
  assert.equal(context.mountPoints.length, 1);
  assert.deepEqual(context.mountPoints.filter(existsSync), []);
}

suite('makeBootable on a real disk', () => {
  test('finds the EFI system partition, reads the CSV on it and boots its loader first', async () => {
    await using disk = await diskWithEsp();
    await putOnEsp(disk.path, {
      'EFI/debian/BOOTX64.CSV': csv,
      'EFI/debian/shimx64.efi': 'MZ',
      'EFI/BOOT/BOOTX64.EFI': 'MZ',
    });
    const firmware = fakeFirmware(guid);
    const context = contextFor(disk.path, firmware);
    await makeBootable(request, context);
    assert.deepEqual(firmware.order, ['0001', '0000']);
    const devicePath = `HD(2,GPT,${guid},0x800,0x64000)/File(\\EFI\\debian\\shimx64.efi)`;
    assert.deepEqual(firmware.entries.get('0001'), { label: 'debian', devicePath });
    assertCleanedUp(disk.path, context);
  });

  test('makes the kernel look at the partition table again where it has not', async () => {
    await using disk = await diskWithEsp();
    await putOnEsp(disk.path, { 'EFI/BOOT/BOOTX64.EFI': 'MZ' });
    await execute('partx', ['--delete', disk.path]);
    const firmware = fakeFirmware(guid);
    await makeBootable(request, contextFor(disk.path, firmware));
    assert.equal(firmware.entries.get('0001')?.label, 'ironic1');
  });

  test('changes no byte of the disk', async () => {
    await using disk = await diskWithEsp();
    await putOnEsp(disk.path, { 'EFI/BOOT/BOOTX64.EFI': 'MZ' });
    const hash = async (): Promise<string> => (await execute('sha256sum', [disk.path])).stdout;
    const before = await hash();
    await makeBootable(request, contextFor(disk.path, fakeFirmware(guid)));
    assert.equal(await hash(), before);
  });

  test('outside a ramdisk mounts nothing and writes nothing', async () => {
    await using disk = await diskWithEsp();
    await putOnEsp(disk.path, { 'EFI/BOOT/BOOTX64.EFI': 'MZ' });
    const firmware = fakeFirmware(guid);
    const context = contextFor(disk.path, firmware);
    const { latch } = createStorageHost([disk.path]);
    await assert.rejects(makeBootable(request, { ...context, latch }), SafetyLatchError);
    assert.deepEqual(context.mountPoints, []);
    assert.deepEqual(firmware.order, ['0000']);
  });

  test('fails where the partition holds no file system, and leaves nothing mounted', async () => {
    await using disk = await diskWithEsp();
    const firmware = fakeFirmware(guid);
    const context = contextFor(disk.path, firmware);
    await assert.rejects(makeBootable(request, context), CommandExecutionError);
    assert.deepEqual(firmware.order, ['0000']);
    assertCleanedUp(disk.path, context);
  });

  test('fails where no partition is an EFI system partition', async () => {
    await using disk = await diskWithEsp('8300');
    await assert.rejects(makeBootable(request, contextFor(disk.path, fakeFirmware(guid))), DeviceNotFoundError);
  });
});
