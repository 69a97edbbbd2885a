import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ImageCheckpoint,
  identityOf,
  readCheckpoint,
  whyChanged,
} from '../../../../src/image/resume/checkpoint.ts';
import type { ImageObject } from '../../../../src/image/stream/image-object.ts';
import { makeDisk } from '../../../support/make-block-device.ts';
import { memoryObject } from '../../../support/qcow2/memory-object.ts';

const device = makeDisk('/dev/sda', { serial: 'S1' });
const expected = { algorithm: 'sha256', hex: 'ab'.repeat(32) };
const question = { imageId: 'disk.raw', expected, device };

const saved: ImageCheckpoint = {
  imageId: 'disk.raw',
  expected,
  sizeBytes: 1000,
  validator: '"1"',
  device: identityOf(device),
  form: 'raw',
  tables: null,
  offset: 512,
  held: 'AAAA',
  record: null,
};
/** As it comes back from its file. */
const stored = (change: object = {}): unknown => JSON.parse(JSON.stringify({ ...saved, ...change }));

test('a checkpoint comes back as it was saved', () => {
  assert.deepEqual(readCheckpoint(stored(), question), saved);
});

for (const [name, value] of Object.entries({
  nothing: null,
  'a text': 'x',
  'another image': stored({ imageId: 'other' }),
  'another algorithm': stored({ expected: { ...expected, algorithm: 'sha512' } }),
  'another digest': stored({ expected: { ...expected, hex: 'cd'.repeat(32) } }),
  'a form that is none': stored({ form: 'vmdk' }),
  'an offset before the start': stored({ offset: -1 }),
  'an offset that is text': stored({ offset: '512' }),
  'a field of a later version': stored({ surplus: 1 }),
  'held bytes that are no base64': stored({ held: '***' }),
})) {
  test(`${name} is no checkpoint to go on from`, () => {
    assert.equal(readCheckpoint(value, question), null);
  });
}

for (const change of [
  { path: '/dev/sdb' },
  { serial: 'S2' },
  { sizeBytes: 12 << 20 },
  { wwn: '0x5000' },
  { diskSequence: 9 },
]) {
  test(`a disk with another ${Object.keys(change)} is another disk`, () => {
    const other = { ...device, ...change };
    assert.equal(readCheckpoint(stored(), { ...question, device: other }), null);
  });
}

const served = (change: Partial<ImageObject> = {}): ImageObject => ({
  ...memoryObject(new Uint8Array(1000)),
  validator: '"1"',
  ...change,
});

test('the same object on the server is gone on with', () => {
  assert.equal(whyChanged(saved, served()), null);
  assert.equal(whyChanged({ ...saved, validator: null }, served({ validator: null })), null);
});

for (const [change, why] of [
  [{ hasRandomAccess: false }, /gives no ranges/],
  [{ sizeBytes: 1001 }, /had 1000 bytes and has 1001/],
  [{ sizeBytes: null }, /had 1000 bytes and has an unknown number/],
  [{ validator: '"2"' }, /validator was "1" and is "2"/],
  [{ validator: null }, /validator was "1" and is none/],
] as const) {
  test(`an object with ${JSON.stringify(change)} is not gone on with`, () => {
    assert.match(whyChanged(saved, served(change)) ?? '', why);
  });
}
