import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseBootMode, chooseTableLabel, isPower } from '../../../../src/image/partition-image/boot-choice.ts';

const spellings = (name: string, value: string): readonly [string, unknown][] => [
  ['an object', { [name]: value, other: 'x' }],
  ['JSON text', JSON.stringify({ other: 'x', [name]: value })],
  ['pairs', `other:a:b, ${name}:${value}`],
];

suite('the boot mode', () => {
  test('is that of the ramdisk where nobody says anything', () => {
    assert.equal(chooseBootMode({}, true), 'uefi');
    assert.equal(chooseBootMode({ properties: { capabilities: '' }, instance_info: {} }, false), 'bios');
  });

  for (const [spelling, capabilities] of spellings('secure_boot', 'true')) {
    test(`is UEFI with secure boot, whatever else is said (capabilities are ${spelling})`, () => {
      const others = { instance_info: { deploy_boot_mode: 'bios' } };
      assert.equal(chooseBootMode({ ...others, properties: { capabilities } }, false), 'uefi');
      const instance_info = { ...others.instance_info, capabilities };
      assert.equal(chooseBootMode({ ...others, instance_info }, false), 'uefi');
    });
  }

  test('may be said as a boolean too, and secure boot that is off says nothing', () => {
    assert.equal(chooseBootMode({ properties: { capabilities: { secure_boot: true } } }, false), 'uefi');
    assert.equal(chooseBootMode({ properties: { capabilities: 'secure_boot:false' } }, false), 'bios');
  });

  test('is taken from the instance before the machine before the driver', () => {
    const driver = { driver_internal_info: { deploy_boot_mode: 'uefi' } };
    const machine = { ...driver, properties: { capabilities: 'boot_mode:bios' } };
    const instance = { ...machine, instance_info: { deploy_boot_mode: 'uefi' } };
    assert.equal(chooseBootMode(driver, false), 'uefi');
    assert.equal(chooseBootMode(machine, true), 'bios');
    assert.equal(chooseBootMode(instance, false), 'uefi');
  });

  test('that nobody knows is refused, not guessed', () => {
    assert.throws(
      () => chooseBootMode({ instance_info: { deploy_boot_mode: 'coreboot' } }, true),
      /boot mode coreboot/,
    );
    assert.throws(() => chooseBootMode({ properties: { capabilities: '{"boot_mode"' } }, true), /neither JSON nor/);
    assert.throws(
      () => chooseBootMode({ properties: { capabilities: 'uefi' } }, true),
      /capability uefi is no name:value/,
    );
    assert.throws(() => chooseBootMode({ properties: { capabilities: 7 } }, true), /type number/);
  });
});

suite('the partition table', () => {
  test('is a GPT for UEFI, whatever is said', () => {
    assert.equal(chooseTableLabel({ properties: { capabilities: 'disk_label:msdos' } }, 'uefi'), 'gpt');
  });

  for (const [spelling, capabilities] of spellings('disk_label', 'gpt')) {
    test(`is as the capability says without UEFI (capabilities are ${spelling})`, () => {
      assert.equal(chooseTableLabel({ properties: { capabilities } }, 'bios'), 'gpt');
      const properties = { capabilities: 'disk_label:msdos' };
      assert.equal(chooseTableLabel({ instance_info: { capabilities }, properties }, 'bios'), 'gpt');
    });
  }

  test('is an MBR otherwise, and never an unknown one', () => {
    assert.equal(chooseTableLabel({}, 'bios'), 'msdos');
    assert.throws(() => chooseTableLabel({ properties: { capabilities: 'disk_label:bsd' } }, 'bios'), /disk_label bsd/);
  });
});

test('POWER is known by the node, else by the processor', () => {
  assert.equal(isPower({ properties: { cpu_arch: 'ppc64le' } }, 'x64'), true);
  assert.equal(isPower({ properties: { cpu_arch: 'x86_64' } }, 'ppc64'), false);
  assert.equal(isPower({}, 'ppc64'), true);
});
