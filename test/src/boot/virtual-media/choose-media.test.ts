import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseMedia } from '../../../../src/boot/virtual-media/choose-media.ts';
import { mediaRow } from '../../../support/virtual-media.ts';

const gib = 1024 ** 3;
const cd = mediaRow({ kernelName: 'sr0', type: 'rom', transport: 'sata', sizeBytes: 2 * gib });
const usb = mediaRow({ kernelName: 'sdb', type: 'disk', transport: 'usb', sizeBytes: 1_474_560 });
const namesOf = (...rows: Parameters<typeof chooseMedia>[0]) => {
  const { parameters, config } = chooseMedia(rows);
  return [parameters?.kernelName ?? null, config?.kernelName ?? null];
};

describe('virtual media', () => {
  it('are a CD or a small USB disk with the label of the conductor, in any case', () => {
    assert.deepEqual(namesOf({ ...usb, label: 'IR-VFD-DEV' }, { ...cd, label: 'config-2' }), ['sdb', 'sr0']);
    assert.deepEqual(namesOf({ ...cd, label: 'ir-vfd-dev' }, { ...usb, label: 'VMEDIA_BOOT_ISO' }), ['sr0', 'sdb']);
  });

  it('with parameters may be known by the model, where no label is', () => {
    const byModel = { ...usb, kernelName: 'sdc', model: 'Virtual Media Floppy' };
    assert.deepEqual(namesOf(byModel), ['sdc', null]);
    assert.deepEqual(namesOf(byModel, { ...usb, label: 'ir-vfd-dev' }), ['sdb', null]);
  });

  for (const [what, fields] of [
    ['a disk of the machine', { type: 'disk', transport: 'sata' }],
    ['a disk that tells no transport', { type: 'disk', transport: null }],
    ['a USB disk of 4 GiB', { type: 'disk', transport: 'usb', sizeBytes: 4 * gib }],
    ['a partition', { type: 'part', transport: 'usb' }],
    ['a loop device', { type: 'loop', transport: null }],
  ] as const) {
    it(`are not ${what}, whatever it is labelled`, () => {
      for (const label of ['ir-vfd-dev', 'config-2']) {
        const { parameters, config, refusals } = chooseMedia([{ ...usb, ...fields, label }]);
        assert.deepEqual([parameters, config], [null, null]);
        assert.match(refusals.join(), new RegExp(`^/dev/sdb, labelled ${label}: expected a CD or a USB disk`));
      }
      assert.deepEqual(namesOf({ ...usb, ...fields, model: 'virtual media' }), [null, null]);
    });
  }

  it('are not taken for those of another label', () => {
    assert.deepEqual(namesOf({ ...cd, label: 'config-3' }, { ...usb, label: null }), [null, null]);
  });
});
