import assert from 'node:assert/strict';
import { statfs } from 'node:fs/promises';
import { test } from 'node:test';
import { ImageWriteError } from '../../../src/errors/catalogue.ts';
import { asWireError } from '../../../src/image/image-errors.ts';
import type { ImageInfo } from '../../../src/image/request/image-info.ts';

const imageInfo = { id: 'i' } as ImageInfo;

test('an error of the operating system that nobody has translated is one of writing, with the image and the device', async () => {
  const error: unknown = await statfs('/nowhere/at/all').catch((reason: unknown) => reason);
  const translated = asWireError(imageInfo, '/dev/sda', error);
  assert.ok(translated instanceof ImageWriteError);
  assert.match(translated.details, /^image i on \/dev\/sda: ENOENT.*\/nowhere/);
  assert.equal(translated.cause, error);
});

test('a mistake of ours stays what it is', () => {
  const error = new TypeError('x is not a function');
  assert.equal(asWireError(imageInfo, '/dev/sda', error), error);
});
