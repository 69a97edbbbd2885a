import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseLoaderCsv } from '../../../src/boot/loader-csv.ts';

const text = 'shimx64.efi,debian,,This is the boot entry for debian\r\n';
const utf16 = (content: string): Buffer => Buffer.from(content, 'utf16le');

suite('parseLoaderCsv', () => {
  const debian = { file: 'shimx64.efi', label: 'debian' };

  test('reads UTF-16 with a byte order mark, either way round, and without one', () => {
    assert.deepEqual(parseLoaderCsv(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(text)])), debian);
    assert.deepEqual(parseLoaderCsv(Buffer.concat([Buffer.from([0xfe, 0xff]), utf16(text).swap16()])), debian);
    assert.deepEqual(parseLoaderCsv(utf16(text)), debian);
  });

  test('reads plain ASCII, which some images carry', () => {
    assert.deepEqual(parseLoaderCsv(Buffer.from(text)), debian);
  });

  test('keeps a label outside ASCII', () => {
    assert.deepEqual(parseLoaderCsv(utf16('a.efi,Größe')), { file: 'a.efi', label: 'Größe' });
  });

  test('reads the first record only', () => {
    assert.deepEqual(parseLoaderCsv(utf16(`\n${text}mmx64.efi,other,,\n`)), debian);
  });

  test('takes control characters and spaces off the ends of fields', () => {
    assert.deepEqual(parseLoaderCsv(utf16('  a.efi , de\tb\u0000ian ')), { file: 'a.efi', label: 'debian' });
  });

  test('gives an empty label where there is none', () => {
    assert.deepEqual(parseLoaderCsv(utf16('a.efi')), { file: 'a.efi', label: '' });
  });

  test('is null where no file is named', () => {
    for (const content of ['', '\n\n', ',debian']) assert.equal(parseLoaderCsv(utf16(content)), null);
  });

  test('survives bytes that are no text', () => {
    assert.doesNotThrow(() => parseLoaderCsv(Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x01])));
  });
});
