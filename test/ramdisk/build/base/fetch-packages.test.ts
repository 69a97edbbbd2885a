import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { unknownPackages } from '../../../../ramdisk/build/base/fetch-packages.ts';

const sources = ['deb http://mirror.example/debian bookworm main', 'deb http://mirror.example/security s main'];

/** of mmdebstrap 1.3.5 with apt 2.6.1. */
const said = `mmdebstrap failed: I: downloading packages with apt...
Reading package lists...
Building dependency tree...
E: Unable to locate package htopp
E: Unable to locate package nonono
E: apt download failed: E: apt-get --yes install htopp nonono failed
E: mmdebstrap failed to run`;

suite('what the sources do not have', () => {
  test('is named, with the sources', () =>
    assert.equal(
      unknownPackages(said, { sources })?.message,
      `packages, firmware: expected some of the sources below, got htopp, nonono\n  ${sources.join('\n  ')}`,
    ));

  test('is named where another package speaks of it', () =>
    assert.match(
      unknownPackages("E: Package 'awk-doc' has no installation candidate", { sources })?.message ?? '',
      /got awk-doc$/m,
    ));

  test('is told from other troubles', () =>
    assert.equal(unknownPackages('E: Failed to fetch http://mirror.example/debian', { sources }), null));
});
