import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { tarEnd, tarHeader, tarPadding } from '../../../src/log/tar.ts';

const modified = new Date('2026-11-22T12:34:56Z');

interface Member {
  readonly name: string;
  readonly content: Buffer;
}

const archiveOf = (...members: readonly Member[]): Buffer =>
  Buffer.concat([
    ...members.flatMap(({ name, content: { length }, content }) => [
      tarHeader(name, length, modified),
      content,
      tarPadding(length),
    ]),
    tarEnd(),
  ]);
const list = (archive: Buffer) =>
  execFileSync('tar', ['--list', '--verbose', '--utc', '--full-time', '--file', '-'], {
    input: archive,
    encoding: 'utf8',
  });
const extract = (archive: Buffer, name: string) =>
  execFileSync('tar', ['--extract', '--to-stdout', '--file', '-', name], { input: archive });

describe('the parts of a tar archive', () => {
  it('is read by tar: names, sizes, owner, mode and time', () => {
    const archive = archiveOf({ name: 'journal', content: Buffer.from('hello\n') });
    assert.match(list(archive), /^-rw-r--r-- root\/root +6 2026-11-22 12:34:56 journal\n$/);
  });

  for (const length of [0, 1, 511, 512, 513, 1_000_000]) {
    it(`gives ${length} bytes back, between other members`, () => {
      const content = randomBytes(length);
      const other = { name: 'other', content: Buffer.from('x') };
      const archive = archiveOf(other, { name: 'bytes', content }, { ...other, name: 'last' });
      assert.equal(archive.length % 512, 0);
      assert.deepEqual(extract(archive, 'bytes'), content);
      assert.equal(extract(archive, 'last').toString(), 'x');
    });
  }

  for (const name of [
    'a/b/c',
    'größe.log',
    'x'.repeat(100),
    `${'d/'.repeat(50)}${'x'.repeat(99)}`,
    `${'p'.repeat(155)}/${'x'.repeat(99)}`,
  ]) {
    it(`keeps a name of ${Buffer.byteLength(name)} bytes that begins with ${name.slice(0, 10)}`, () => {
      assert.equal(extract(archiveOf({ name, content: Buffer.from('here') }), name).toString(), 'here');
    });
  }

  for (const name of ['x'.repeat(101), `${'p'.repeat(156)}/x`.padEnd(160, 'x'), `/${'x'.repeat(100)}`]) {
    it(`refuses a name of ${name.length} bytes that does not fit`, () => {
      assert.throws(() => tarHeader(name, 0, modified), RangeError);
    });
  }

  it('can be empty', () => {
    assert.equal(list(archiveOf()), '');
  });
});
