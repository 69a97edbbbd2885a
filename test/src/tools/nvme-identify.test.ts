import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseController, parseNamespace } from '../../../src/tools/nvme-identify.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const captured = (name: string): string => capturedOutput('nvme', name).text;

suite('nvme id-ctrl', () => {
  test("is read from what it says of QEMU's drive", () => {
    const { firmware, model, ...rest } = parseController(captured('id-ctrl'));
    assert.ok(firmware.length > 0 && model.startsWith('QEMU'), `${model} ${firmware}`);
    assert.deepEqual(rest, { serial: 'NVME0001', oacs: 0x10a, fna: 0, sanicap: 0, cmic: 2, nn: 256 });
  });

  test('is read with all capabilities', () => {
    assert.deepEqual(parseController(captured('shim-id-ctrl')), {
      serial: 'IRONHAND-0001',
      model: 'Made Up SSD',
      firmware: '1.0',
      oacs: 2,
      fna: 7,
      sanicap: 7,
      cmic: 2,
      nn: 1,
    });
  });

  for (const text of ['', '[]', '{}', 'NVMe status: ...', '{"sn":"x"}']) {
    test(`is refused when it is ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseController(text), /nvme id-ctrl/));
  }
});

suite('nvme id-ns', () => {
  test("is read from what it says of QEMU's namespace", () => {
    assert.deepEqual(parseNamespace(captured('id-ns')), {
      size: 2_097_152,
      blockBytes: 512,
      lbaFormat: 0,
      extendedMetadata: false,
      protectionType: 0,
      protectionFirst: false,
      formatPercentLeft: null,
      zerosAfterDiscard: true,
      rescap: 0,
    });
  });

  test('is read while a format is under way, with another block size and protection information', () => {
    const namespace = parseNamespace(captured('shim-id-ns-formatting'));
    assert.deepEqual([namespace.formatPercentLeft, namespace.blockBytes, namespace.lbaFormat], [50, 4096, 1]);
    assert.deepEqual(
      [namespace.extendedMetadata, namespace.protectionType, namespace.protectionFirst],
      [true, 1, true],
    );
  });

  test('is refused for a namespace that is not there, which is answered with zeros', () => {
    assert.throws(() => parseNamespace(captured('shim-id-ns-absent')), /0 blocks/);
  });

  test('is refused without the format that is in use', () => {
    const text = captured('shim-id-ns').replace('"flbas":0', '"flbas":9');
    assert.throws(() => parseNamespace(text), /no format 9/);
  });
});
