import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { makeBootable } from '../../../src/boot/install-bootloader.ts';
import type { ToolCall } from '../../../src/core/tool.ts';
import {
  CommandExecutionError,
  DeviceNotFoundError,
  InvalidImageError,
  SafetyLatchError,
} from '../../../src/errors/catalogue.ts';
import { type BootContext, blockDevice, bootContext } from './boot-context.ts';
import { answerWith, type FakeFirmware, fakeFirmware } from './fake-firmware.ts';

const guid = '9c4735e2-5161-40f6-82e7-309d7d900e87';
const disk = '/dev/vda';
const partitionType = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
const devices = [
  blockDevice(disk),
  blockDevice('/dev/vda1', { kind: 'partition', disk, partitionType, partitionUuid: guid, uuid: 'A173-D5C7' }),
];
const facts = { writtenImage: { id: 'image', device: disk } };
const wholeDisk = { firmware: 'uefi', rootUuid: null, espUuid: null } as const;

/** A machine whose disk was written, with these files on its EFI system partition. */
function machine(firmware: FakeFirmware, files: readonly string[], insideRamdisk = true): BootContext {
  const answer = async (call: ToolCall): Promise<string> => {
    const directory = call.args.at(-1) ?? '';
    if (call.program === 'mount') {
      for (const file of files) {
        await mkdir(join(directory, file, '..'), { recursive: true });
        await writeFile(join(directory, file), 'MZ');
      }
    }
    if (call.program === 'umount')
      for (const file of files) await rm(join(directory, file.split('/')[0] ?? ''), { recursive: true, force: true });
    return answerWith(firmware)(call);
  };
  const named = devices.map(({ path }) => path);
  return bootContext({ insideRamdisk, named, answer, devices, facts: { ...facts } });
}

const programs = (context: BootContext): readonly string[] => context.calls.map(({ program }) => program);

suite('makeBootable under UEFI', () => {
  test('makes an entry for the loader of a whole-disk image and puts it first', async () => {
    const firmware = fakeFirmware(guid);
    const context = machine(firmware, ['EFI/BOOT/BOOTX64.EFI']);
    await makeBootable(wholeDisk, context);
    assert.deepEqual(firmware.order, ['0001', '0000']);
    const devicePath = `HD(1,GPT,${guid},0x800,0x64000)/File(\\EFI\\BOOT\\BOOTX64.EFI)`;
    assert.deepEqual(firmware.entries.get('0001'), { label: 'ironic1', devicePath });
    assert.deepEqual(programs(context), ['mount', 'umount', 'efibootmgr', 'efibootmgr', 'efibootmgr']);
  });

  test('tells the old and the new boot order in the job log', async () => {
    const context = machine(fakeFirmware(guid), ['EFI/BOOT/BOOTX64.EFI']);
    await makeBootable(wholeDisk, context);
    const { fields } = context.lines.at(-1) ?? assert.fail('nothing was logged');
    assert.deepEqual(fields, { old_order: ['0000'], new_order: ['0001', '0000'], next_boot: null });
  });

  test('outside a ramdisk the latch refuses before anything is looked at, also on a disk that was named', async () => {
    const context = machine(fakeFirmware(guid), ['EFI/BOOT/BOOTX64.EFI'], false);
    await assert.rejects(makeBootable(wholeDisk, context), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });

  test('a whole-disk image without a loader is left to itself, with a warning', async () => {
    const firmware = fakeFirmware(guid);
    const context = machine(firmware, []);
    await makeBootable(wholeDisk, context);
    assert.deepEqual(firmware.order, ['0000']);
    assert.equal(context.lines.filter(({ level }) => level === 'warn').length, 2);
  });

  test('a partition image without a loader is refused, with the reason', async () => {
    const context = machine(fakeFirmware(guid), []);
    await assert.rejects(makeBootable({ ...wholeDisk, rootUuid: 'abcd' }, context), (error) => {
      assert.ok(error instanceof InvalidImageError);
      assert.match(error.details, /EFI system partition holds no boot loader.*CVE-2026-43003/);
      return true;
    });
  });

  test('a disk without an EFI system partition is an error that names it', async () => {
    const context = bootContext({ insideRamdisk: true, devices: [blockDevice(disk)], facts: { ...facts } });
    await assert.rejects(makeBootable({ ...wholeDisk, espUuid: 'FFFF-FFFF' }, context), (error) => {
      assert.ok(error instanceof DeviceNotFoundError);
      assert.match(error.details, /\/dev\/vda has no EFI system partition, and no partition with UUID FFFF-FFFF/);
      return true;
    });
  });

  test('without a written image there is no disk to boot from', async () => {
    await assert.rejects(makeBootable(wholeDisk, bootContext({ insideRamdisk: true, devices })), DeviceNotFoundError);
  });

  test('a failing program becomes an error of the wire, with its cause', async () => {
    const firmware = fakeFirmware(guid);
    const context = machine(firmware, ['EFI/BOOT/BOOTX64.EFI']);
    firmware.efibootmgr = () => {
      throw new Error('Could not prepare Boot variable: Input/output error');
    };
    await assert.rejects(makeBootable(wholeDisk, context), (error) => {
      assert.ok(error instanceof CommandExecutionError && error.cause instanceof Error);
      assert.match(error.details, /boot loader of \/dev\/vda: Could not prepare/);
      return true;
    });
    assert.ok(programs(context).includes('umount'));
  });
});

suite('makeBootable without boot entries', () => {
  test('has nothing to do for a whole-disk image under a BIOS', async () => {
    for (const rootUuid of [null, '0x00000000']) {
      const context = bootContext();
      await makeBootable({ firmware: 'bios', rootUuid, espUuid: null }, context);
      assert.deepEqual(context.calls, []);
    }
  });

  test('warns when only the missing tool kept it from making an entry', async () => {
    const context = bootContext();
    await makeBootable({ firmware: 'uefi-without-tool', rootUuid: null, espUuid: null }, context);
    assert.equal(context.lines[0]?.level, 'warn');
  });

  test('refuses to install GRUB for a partition image, and names why', async () => {
    const reasons = {
      bios: /started by its BIOS.*CVE-2026-43003/,
      'uefi-without-tool': /efibootmgr is missing/,
    } as const;
    for (const firmware of ['bios', 'uefi-without-tool'] as const) {
      await assert.rejects(makeBootable({ firmware, rootUuid: 'abcd', espUuid: null }, bootContext()), (error) => {
        assert.ok(error instanceof InvalidImageError);
        assert.match(error.details, reasons[firmware]);
        return true;
      });
    }
  });
});
