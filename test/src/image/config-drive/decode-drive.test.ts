import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ConfigDriveError } from '../../../../src/image/config-drive/config-drive-error.ts';
import { decodeBody, decodeText, maximumDriveBytes } from '../../../../src/image/config-drive/decode-drive.ts';
import { asText, fatImage, isoImage } from '../../../support/config-drive.ts';

let iso: Uint8Array;
let fat: Uint8Array;

before(async () => {
  iso = await isoImage();
  fat = await fatImage();
});

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const same = (actual: Uint8Array, expected: Uint8Array): void => assert.equal(Buffer.compare(actual, expected), 0);

const refused = async (decoding: Promise<unknown>, message: RegExp): Promise<void> => {
  await assert.rejects(decoding, (error: unknown) => {
    assert.ok(error instanceof ConfigDriveError, String(error));
    assert.match(error.message, message);
    return true;
  });
};

describe('a config drive in a command', () => {
  it('is base64 of gzip of an ISO 9660 or a FAT image', async () => {
    for (const drive of [iso, fat]) same(await decodeText(asText(drive)), drive);
  });

  it('may have line breaks and blanks anywhere', async () => {
    const broken = asText(iso).replace(/.{1,76}/g, ' $&\r\n\t');
    same(await decodeText(broken), iso);
  });

  it('may be as large as its partition, and not larger by a byte', async () => {
    const largest = new Uint8Array(maximumDriveBytes);
    largest.set(iso);
    same(await decodeText(asText(largest)), largest);
    const larger = new Uint8Array(maximumDriveBytes + 1);
    larger.set(iso);
    await refused(decodeText(asText(larger)), /^it is larger than 67108864 bytes$/);
  });

  it('is refused when it is a bomb, without being unpacked', async () => {
    const bomb = Buffer.concat(Array.from({ length: 16 }, () => gzipSync(new Uint8Array(maximumDriveBytes / 2))));
    const before = process.memoryUsage().rss;
    await refused(decodeText(bomb.toString('base64')), /larger than/);
    assert.ok(process.memoryUsage().rss - before < 300 * 1024 * 1024);
  });

  it('is refused when it is empty', async () => {
    for (const text of ['', ' \n', asText(new Uint8Array())]) await refused(decodeText(text), /^it is empty$/);
  });

  it('is refused when its base64 is not well-formed', async () => {
    const text = asText(iso);
    const damaged = [
      `${text}=`,
      text.replace(/.=*$/, ''),
      `${text.slice(0, 40)}*${text.slice(40)}`,
      `${text.slice(0, 40)}=${text.slice(40)}`,
      text.replaceAll(/[+/]/g, (letter) => (letter === '+' ? '-' : '_')),
      `{"configdrive": "${text}"}`,
      'H4sI\u00e4',
    ];
    for (const wrong of damaged) await refused(decodeText(wrong), /^it is no well-formed base64$/);
  });

  it('is refused when it is no gzip, or only a part of one', async () => {
    await refused(decodeText(Buffer.from(iso).toString('base64')), /^it is base64, but not of gzip$/);
    const whole = gzipSync(iso);
    await refused(decodeText(whole.subarray(0, -12).toString('base64')), /^its gzip is damaged or cut off$/);
    whole[100] = (whole[100] ?? 0) ^ 0xff;
    await refused(decodeText(whole.toString('base64')), /^its gzip is damaged or cut off$/);
  });

  it('is refused when it is no file system, and not a word of it is told', async () => {
    const canary = 'password: canary-71c4\n'.repeat(3000);
    const given = [asText(bytesOf(canary)), canary, Buffer.from(canary).toString('base64')];
    for (const text of given) {
      await assert.rejects(decodeText(text), (error: Error) => {
        assert.ok(error instanceof ConfigDriveError);
        assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /canary/);
        return true;
      });
    }
    await refused(decodeText(asText(bytesOf(canary))), /neither an ISO 9660 nor a FAT image$/);
  });

  it('is a drive or a refusal, whatever it is', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.base64String({ maxLength: 2000 }),
      fc.uint8Array().map((bytes) => asText(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(text, (given) => refused(decodeText(given), /./)),
      { numRuns: 300 },
    );
  });
});

describe('a config drive that a server gave', () => {
  it('is base64 of gzip, gzip, or the bare image', async () => {
    for (const drive of [iso, fat]) {
      same(await decodeBody(drive), drive);
      same(await decodeBody(gzipSync(drive)), drive);
      same(await decodeBody(bytesOf(asText(drive))), drive);
      same(await decodeBody(bytesOf(`\r\n${asText(drive)}\n`)), drive);
    }
  });

  it('is refused when it is anything else', async () => {
    await refused(decodeBody(new Uint8Array()), /^it is empty$/);
    await refused(decodeBody(bytesOf('<html>Not found</html>')), /^it is no well-formed base64$/);
    await refused(decodeBody(new Uint8Array(100_000)), /neither base64 of gzip, nor gzip, nor an ISO/);
    await refused(decodeBody(iso.subarray(0, 30_000)), /neither base64 of gzip, nor gzip, nor an ISO/);
    await refused(decodeBody(fat.subarray(0, 30_000)), /neither base64 of gzip, nor gzip, nor an ISO/);
  });

  it('is refused when its bytes are random, and never decoded to something else', async () => {
    const random = fc.uint8Array({ minLength: 1, maxLength: 4000 });
    await fc.assert(
      fc.asyncProperty(random, (bytes) => refused(decodeBody(bytes), /./)),
      { numRuns: 300 },
    );
  });
});
