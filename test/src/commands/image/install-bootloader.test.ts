import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { installBootloader } from '../../../../src/commands/image/install-bootloader.ts';
import { InvalidImageError, SafetyLatchError } from '../../../../src/errors/catalogue.ts';
import { bootContext } from '../../boot/boot-context.ts';

const validated = (params: Readonly<Record<string, unknown>>) => {
  const { value, error } = installBootloader.params.validate(params, { convert: false });
  if (error) throw error;
  return value;
};

// The command asks the real machine how it was started; with a closed latch both answers end before anything is touched.
const underUefi = existsSync('/sys/firmware/efi');
const expectedError = underUefi ? SafetyLatchError : InvalidImageError;

suite('image.install_bootloader', () => {
  test('takes what a conductor sends, and fills in the defaults', () => {
    assert.deepEqual(validated({ root_uuid: '0x00000000' }), {
      root_uuid: '0x00000000',
      efi_system_part_uuid: null,
      prep_boot_part_uuid: null,
      target_boot_mode: 'bios',
      ignore_bootloader_failure: null,
    });
    const sent = {
      root_uuid: '1111',
      efi_system_part_uuid: 'ABCD-1234',
      prep_boot_part_uuid: null,
      target_boot_mode: 'uefi',
    };
    assert.deepEqual(validated(sent), { ...sent, ignore_bootloader_failure: null });
  });

  test('wants root_uuid, and refuses wrong types', () => {
    const wrong = [{}, { root_uuid: 1 }, { root_uuid: null, target_boot_mode: null }, { root_uuid: null, more: 1 }];
    for (const params of wrong) assert.throws(() => validated(params), JSON.stringify(params));
  });

  test('has nothing to do for a whole disk under a BIOS', { skip: underUefi && 'started by UEFI' }, async () => {
    const context = bootContext();
    assert.equal(await installBootloader.run(validated({ root_uuid: null }), context), null);
    assert.deepEqual(context.calls, []);
  });

  test('fails for a partition image, and touches nothing', async () => {
    const context = bootContext();
    await assert.rejects(installBootloader.run(validated({ root_uuid: 'abcd' }), context), expectedError);
    assert.ok(context.calls.every(({ effect }) => effect.kind === 'read'));
  });

  const failing = { root_uuid: 'abcd' };

  test('a failure is logged and passed over when the parameter says so', async () => {
    const context = bootContext();
    const params = validated({ ...failing, ignore_bootloader_failure: true });
    assert.equal(await installBootloader.run(params, context), null);
    const { level, fields, message } = context.lines.at(-1) ?? assert.fail('nothing was logged');
    assert.equal(level, 'warn');
    assert.match(message, /ignored as asked/);
    assert.notEqual(fields.reason, '');
  });

  test('a failure is passed over when only the configuration says so', async () => {
    const context = bootContext({ ignoreBootloaderFailure: true });
    assert.equal(await installBootloader.run(validated(failing), context), null);
  });

  test('the parameter beats the configuration', async () => {
    const context = bootContext({ ignoreBootloaderFailure: true });
    const params = validated({ ...failing, ignore_bootloader_failure: false });
    await assert.rejects(installBootloader.run(params, context), expectedError);
  });

  test('an abort is never passed over', async () => {
    const context = { ...bootContext({ ignoreBootloaderFailure: true }), signal: AbortSignal.abort() };
    await assert.rejects(installBootloader.run(validated(failing), context), expectedError);
  });
});
