import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChecksumFileError, findDigest as find } from '../../../../src/image/request/checksum-file.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const other = 'f'.repeat(64);

const findDigest = (text: string, name: string, hexLengths: readonly number[] = [128, 64, 32]) =>
  find(text, { fileNames: [name], hexLengths });

const accepted: Readonly<Record<string, string>> = {
  'a bare digest': sha,
  'a bare digest with a line end': `${sha}\n\n`,
  'an upper-case digest': sha.toUpperCase(),
  'the only GNU line': `${sha}  disk.raw\n`,
  'a GNU line among others': `${other}  my-disk.raw\n${sha}  disk.raw\n${other}  disk.raw.gz\n`,
  'a GNU line in binary mode': `${other} *other.raw\r\n${sha} *disk.raw\r\n`,
  'a BSD line': `SHA256 (other.raw) = ${other}\nSHA256 (disk.raw) = ${sha}\n`,
  'a line after comments': `# disk.raw: ${other} bytes\n# ${other}  disk.raw\n${sha}  disk.raw\n`,
  'a bare digest after a comment': `# made today\n${sha}\n`,
  'a file with a byte order mark': `\uFEFF${sha}  disk.raw\n`,
  'a GNU line with a path to the same directory': `${other}  x/disk.raw\n${sha}  ./disk.raw\n`,
  'a line of openssl': `SHA2-256(other.raw)= ${other}\nSHA2-256(disk.raw)= ${sha}\n`,
  'a line after one whose name only ends the same': `${other}  my disk.raw\n${sha}  disk.raw\n`,
  'the longest of several': `MD5 (disk.raw) = ${md5}\nSHA256 (disk.raw) = ${sha}\n`,
  'a signed file': `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# disk.raw: 5 bytes\nSHA256 (disk.raw) = ${sha}\n`,
  'a line with words between': `${sha} 12345 disk.raw\n${other} 1 other.raw\n`,
  'a line with the digest last': `disk.raw ${other}x\nx (disk.raw) ${sha}\n`,
};

for (const [name, text] of Object.entries(accepted)) {
  test(`finds the digest in ${name}`, () => assert.equal(findDigest(text, 'disk.raw'), sha));
}

const refused: Readonly<Record<string, string>> = {
  'an empty file': ' \n\n',
  'a bare word that is no digest': 'disk.raw',
  'a bare digest of another length': sha.slice(1),
  'a file without the name': `${sha}  other.raw\n${sha}  xdisk.raw\n`,
  'a name in a comment only': `# ${sha}  disk.raw\n${other}  other.raw\n`,
  'a line whose digest has another length': `${sha}0  disk.raw\n`,
};

for (const [name, text] of Object.entries(refused)) {
  test(`refuses ${name}`, () => assert.throws(() => findDigest(text, 'disk.raw'), ChecksumFileError));
}

test('takes characters of the name literally', () => {
  assert.throws(() => findDigest(`${md5}  disk-raw\n${md5}  x\n`, 'disk.raw'), ChecksumFileError);
  assert.equal(findDigest(`${other}  aa.raw\n${sha}  a+.raw\n`, 'a+.raw'), sha);
});

test('reads names that GNU and BSD lines have escaped', () => {
  const name = 'a\\b\nc';
  assert.equal(findDigest(`${other}  x\n\\${sha}  a\\\\b\\nc\n`, name), sha);
  assert.equal(findDigest(`${other}  x\n\\SHA256 (a\\\\b\\nc) = ${sha}\n`, name), sha);
  assert.throws(() => findDigest(`${other}  x\n${sha}  a\\\\b\\nc\n`, name), ChecksumFileError);
});

test('takes only digests of the lengths that are asked for', () => {
  const text = `${md5}  disk.raw\n${sha}  disk.raw\n`;
  assert.equal(findDigest(text, 'disk.raw', [32]), md5);
  assert.throws(() => findDigest(text, 'disk.raw', [40]), /no digest of 40 digits for disk\.raw/);
});

test('answers any text with a digest or a ChecksumFileError', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (text, name) => {
      try {
        assert.match(findDigest(text, name), /^[0-9a-f]+$/);
      } catch (error) {
        assert.ok(error instanceof ChecksumFileError);
      }
    }),
  );
});
