import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '../../../src/errors/agent-error.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { cleanNvram, cleanUefiNvram } from '../../../src/steps/clean-uefi-nvram.ts';
import { bootContext } from '../boot/boot-context.ts';
import { answerWith, type FakeFirmware, fakeFirmware } from '../boot/fake-firmware.ts';

function installedFirmware(): FakeFirmware {
  const firmware = fakeFirmware('9c4735e2');
  firmware.entries.set('0001', { label: 'debian', devicePath: 'HD(1,GPT,9c4735e2,0x800,0x64000)/File(\\EFI\\x.efi)' });
  firmware.entries.set('0002', { label: 'Windows', devicePath: 'PciRoot(0x0)/bootmgfw.efi' });
  return firmware;
}

describe('clean_uefi_nvram', () => {
  it('deletes what operating systems leave, unless told otherwise', async () => {
    for (const args of [{}, { match_patterns: null }]) {
      const firmware = installedFirmware();
      await cleanNvram(args, bootContext({ insideRamdisk: true, answer: answerWith(firmware) }), 'uefi');
      assert.deepEqual([...firmware.entries.keys()], ['0000', '0002']);
    }
  });

  it('deletes what it is told, and nothing for an empty list', async () => {
    const firmware = installedFirmware();
    const context = bootContext({ insideRamdisk: true, answer: answerWith(firmware) });
    await cleanNvram({ match_patterns: [] }, context, 'uefi');
    assert.equal(firmware.entries.size, 3);
    await cleanNvram({ match_patterns: ['BOOTMGFW'] }, context, 'uefi');
    assert.deepEqual([...firmware.entries.keys()], ['0000', '0001']);
  });

  it('refuses what is no list of regular expressions, on every machine, before it looks at the firmware', async () => {
    for (const patterns of ['^HD', [1], ['('], { 0: 'x' }]) {
      for (const mode of ['uefi', 'bios'] as const) {
        const context = bootContext({ insideRamdisk: true });
        await assert.rejects(cleanNvram({ match_patterns: patterns }, context, mode), (error) => {
          assert.ok(error instanceof AgentError);
          assert.equal(error.kind.type, 'InvalidCommandParamsError');
          return true;
        });
        assert.deepEqual(context.calls, []);
      }
    }
  });

  it('has nothing to do on a BIOS machine', async () => {
    const context = bootContext();
    await cleanNvram({}, context, 'bios');
    assert.deepEqual(context.calls, []);
  });

  it('fails without efibootmgr, and outside a ramdisk before anything is run', async () => {
    await assert.rejects(cleanNvram({}, bootContext({ insideRamdisk: true }), 'uefi-without-tool'), {
      name: 'CommandExecutionError',
    });
    const context = bootContext();
    await assert.rejects(cleanNvram({}, context, 'uefi'), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });

  it('is offered on request in clean and deploy', () => {
    assert.deepEqual(cleanUefiNvram.offer, { clean: 0, deploy: 0 });
    assert.match(cleanUefiNvram.args.validate({ match_patterns: 'x' }).error?.message ?? '', /must be an array/);
    assert.match(cleanUefiNvram.args.validate({ patterns: [] }).error?.message ?? '', /not allowed/);
  });
});
