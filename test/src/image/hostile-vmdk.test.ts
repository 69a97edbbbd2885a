import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkConvertible } from '../../../src/image/convert/check-convertible.ts';
import {
  ask,
  changed,
  descriptor,
  disk,
  fileOf,
  type HeaderCase,
  refusesHeaders,
  u8,
  u32,
  u64,
  withFooter,
} from '../../support/changed-image.ts';

const cases: readonly HeaderCase[] = [
  ['vmdk', 'a flat extent', descriptor('SPARSE "', 'FLAT "/etc/'), 'has an extent of type FLAT'],
  ['vmdk', 'an extent by absolute path', descriptor('SPARSE "', 'SPARSE "/dev/sda'), 'has an extent in another place'],
  ['vmdk', 'an extent by relative path', descriptor('SPARSE "', 'SPARSE "../../x'), 'has an extent in another place'],
  ['vmdk', 'an extent over http', descriptor('SPARSE "', 'SPARSE "http:x'), 'has an extent in another place'],
  ['vmdk', 'a backslash', descriptor('SPARSE "', 'SPARSE "c\\\\'), 'has an extent in another place'],
  ['vmdk', 'two extents', descriptor(/(RW .*)\n/, '$1\n$1\n'), 'has 2 extents'],
  ['vmdk', 'no extent', descriptor(/RW .*\n/, '\n'), 'has 0 extents'],
  ['vmdk', 'an extent of another size', descriptor('RW 8192', 'RW 8193'), 'has an extent of 8193 sectors'],
  ['vmdk', 'an extent with more behind it', descriptor('.vmdk"', '.vmdk" 0 /dev/sda'), 'has an unknown extent'],
  ['vmdk', 'monolithicFlat', descriptor('monolithicSparse', 'monolithicFlat'), 'is of type monolithicFlat'],
  ['vmdk', 'fullDevice', descriptor('monolithicSparse', 'fullDevice'), 'is of type fullDevice'],
  ['vmdk', 'no type', descriptor(/createType.*\n/, ''), 'is of type (none)'],
  ['vmdk', 'a parent CID', descriptor('ffffffff', '12345678'), 'has a parent (12345678)'],
  ['vmdk', 'a parent', descriptor('#DDB', 'parentFileNameHint="/etc/shadow"'), 'has a parent (parentFileNameHint)'],
  ['vmdk', 'a parent in a comment', descriptor('#DDB', '# parentFileNameHint="x"'), 'has a parent'],
  ['vmdk', 'a change track file', descriptor('#DDB', 'changeTrackPath="/x"'), 'has changeTrackPath in its descriptor'],
  ['vmdk', 'a line that nobody knows', descriptor('#DDB', 'include /etc/shadow'), 'has an unknown line'],
  ['vmdk', 'a setting twice', descriptor('#DDB', 'createType="monolithicSparse"'), 'has createType twice'],
  ['vmdk', 'control characters', descriptor('#DDB', '#\x1b[2J'), 'has a descriptor that is not text'],
  ['vmdk', 'text after its end', descriptor('#DDB', '#\0RW 1 FLAT "x"'), 'has something hidden'],
  ['vmdk', 'another version', descriptor('version=1', 'version=9'), 'has a descriptor of version 9'],
  ['vmdk', 'no first line', descriptor('# Disk DescriptorFile', '# Disk'), 'does not begin like one'],
  ['vmdk', 'no descriptor', u64(28, 0n), 'has its descriptor elsewhere'],
  ['vmdk', 'its descriptor elsewhere', u64(28, 77n), 'has its descriptor elsewhere'],
  ['vmdk', 'an endless descriptor', u64(36, 1n << 40n), 'has a descriptor of'],
  [
    'vmdk',
    'a parent behind a short descriptor',
    (image) => {
      image.writeBigUInt64LE(2n, 36);
      image.write('parentFileNameHint="/etc/shadow"', 512 + 3 * 512, 'latin1');
      return undefined;
    },
    'has a parent',
  ],
  ['vmdk', 'no capacity', u64(12, 0n), 'says that its disk has 0 sectors'],
  ['vmdk', 'too large a disk', u64(12, 1n << 40n), 'sectors'],
  ['vmdk', 'an absurd disk', u64(12, 1n << 62n), 'says that its disk has Infinity sectors'],
  ['vmdk', 'tiny grains', u64(20, 1n), 'has grains of 1 sectors'],
  ['vmdk', 'odd grains', u64(20, 100n), 'has grains of 100 sectors'],
  ['vmdk', 'huge grain tables', u32(44, 0xffffffff), 'has grain tables of 4294967295 entries'],
  ['vmdk', 'an unknown version', u32(4, 9), 'has version 9'],
  ['vmdk', 'other line ends', u8(75, 10), 'was mangled'],
  ['stream', 'no footer', u64(56, 0xffff_ffff_ffff_ffffn), 'has no footer, though'],
  [
    'stream',
    'a footer of another disk',
    withFooter((tail) => tail.writeUInt32LE(99, 512 + 12)),
    'has a footer that differs',
  ],
  [
    'stream',
    'a footer with another descriptor',
    withFooter((tail) => tail.writeUInt32LE(99, 512 + 28)),
    'that differs',
  ],
  ['stream', 'a footer without a directory', withFooter((tail) => tail.fill(0xff, 568, 576)), 'without a directory'],
  ['stream', 'a footer without a marker', withFooter((tail) => tail.fill(0, 0, 16)), 'has no footer, though'],
];

suite('hostile VMDK headers', () => {
  test('are told from a true footer', async () => {
    const image = changed(
      'stream',
      withFooter(() => {}),
    );
    assert.equal(await checkConvertible(fileOf(image), ask('vmdk')), disk.length);
  });

  for (const hostile of cases) {
    const [base, what, , says] = hostile;
    test(`refuse ${base} with ${what}: ${says}`, () => refusesHeaders(hostile));
  }
});
