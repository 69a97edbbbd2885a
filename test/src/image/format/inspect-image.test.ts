import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { InvalidImageError } from '../../../../src/errors/catalogue.ts';
import { type Inspection, inspectImage, inspectUnpacked } from '../../../../src/image/format/inspect-image.ts';
import { gptImage, mbrImage } from '../../../support/gpt-image.ts';
import {
  type PlantedMagic,
  plantedCompressions,
  plantedDisks,
  plantedMagics,
  plantedUnwritable,
  plantMagics,
} from '../../../support/planted-magics.ts';

const everything = ['raw', 'iso', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'];
const ask = (diskFormat: string | null, over: Partial<Inspection> = {}): Inspection => ({
  imageId: 'i',
  diskFormat,
  permitted: everything,
  deep: true,
  ...over,
});

/** Expects an error of the wire that names all the parts and the fate of the disk. */
const refuses = (inspect: () => unknown, ...parts: readonly string[]): void => {
  assert.throws(inspect, (error: Error) => {
    assert.ok(error instanceof InvalidImageError, String(error));
    for (const part of ['image i ', ...parts, 'the disk was not touched']) {
      assert.ok(error.message.includes(part), `${error.message} does not say ${part}`);
    }
    return true;
  });
};

const show = ({ name, offset, bytes }: PlantedMagic): string =>
  `${name} (${JSON.stringify(bytes.toString('latin1').slice(0, 12))} at ${offset})`;

suite('formats', () => {
  for (const magic of plantedDisks) {
    const image = plantMagics([magic]);
    test(`takes ${show(magic)} under its own name and no other`, () => {
      const form = { kind: 'disk', format: magic.name };
      for (const said of [magic.name, magic.name.toUpperCase(), null, '', 'unknown']) {
        assert.deepEqual(inspectImage(image, ask(said)), form);
      }
      for (const said of everything.filter((name) => name !== magic.name)) {
        refuses(() => inspectImage(image, ask(said)), `is ${magic.name}`, `disk_format is ${said}`);
      }
      refuses(() => inspectImage(image, ask('gpt')), `is ${magic.name}`, 'disk_format is gpt');
    });
    test(`refuses ${show(magic)} where it is not permitted`, () => {
      refuses(() => inspectImage(image, ask(null, { permitted: ['raw', 'gpt'] })), `is ${magic.name}`, 'raw, gpt');
    });
  }

  for (const magic of plantedUnwritable) {
    test(`refuses ${show(magic)} by name, whatever is said and permitted`, () => {
      for (const said of [null, 'raw', 'unknown', 'qcow2']) {
        refuses(() => inspectImage(plantMagics([magic]), ask(said)), magic.name, 'cannot be written');
      }
    });
  }

  for (const magic of plantedCompressions) {
    test(`takes ${show(magic)} around any format, once`, () => {
      const image = plantMagics([magic]);
      for (const said of [null, 'raw', 'qcow2', 'iso']) {
        assert.deepEqual(inspectImage(image, ask(said)), { kind: 'compressed', compression: magic.name });
      }
      refuses(() => inspectUnpacked(image, ask('raw'), 'gzip'), `compressed twice (${magic.name} inside gzip)`);
    });
  }

  test('refuses a disk_format that it does not know, also around compression and without inspection', () => {
    for (const image of [Buffer.alloc(512), gzipSync('x')]) {
      for (const deep of [true, false]) {
        refuses(() => inspectImage(image, ask('ami', { deep })), 'disk_format ami');
      }
    }
  });

  test('takes disks with every table, and anything unknown, for raw', () => {
    const images = [
      gptImage({ sizeBytes: 1 << 20 }),
      gptImage({ sizeBytes: 4 << 20, sectorBytes: 4096 }),
      mbrImage({ sizeBytes: 4 << 20 }),
      Buffer.alloc(1),
      randomBytes(10),
    ];
    for (const image of images) {
      for (const said of ['raw', 'RAW', 'gpt', '', 'unknown', null]) {
        assert.deepEqual(inspectImage(image, ask(said)), { kind: 'disk', format: 'raw' });
      }
      refuses(() => inspectImage(image, ask('qcow2')), 'is raw', 'disk_format is qcow2');
    }
  });

  test('permits raw where only gpt is permitted, in any case', () => {
    for (const permitted of [['gpt'], ['RAW']]) {
      assert.deepEqual(inspectImage(Buffer.alloc(512), ask('raw', { permitted })), { kind: 'disk', format: 'raw' });
    }
    refuses(() => inspectImage(Buffer.alloc(512), ask('raw', { permitted: [] })), 'is raw, permitted are none');
  });

  test('takes a VHD of fixed size, which begins like its disk, when disk_format says so', () => {
    const image = mbrImage({ sizeBytes: 4 << 20 });
    assert.deepEqual(inspectImage(image, ask('vhd')), { kind: 'disk', format: 'vhd' });
  });

  test('inspects what was decompressed like what was served', () => {
    const qcow2 = plantMagics(plantedDisks.slice(0, 1));
    assert.deepEqual(inspectImage(zstdCompressSync(qcow2), ask('qcow2')), { kind: 'compressed', compression: 'zstd' });
    assert.deepEqual(inspectUnpacked(qcow2, ask('qcow2'), 'zstd'), { kind: 'disk', format: 'qcow2' });
    refuses(() => inspectUnpacked(qcow2, ask('raw'), 'zstd'), 'is qcow2 inside zstd', 'disk_format is raw');
    refuses(() => inspectUnpacked(new Uint8Array(0), ask('raw'), 'zstd'), 'is empty');
  });
});

test('takes the two bytes of an MBR inside compressed data for chance', () => {
  for (const magic of plantedCompressions) {
    const image = plantMagics([magic, { name: 'mbr', offset: 510, bytes: Buffer.from([0x55, 0xaa]) }]);
    assert.equal(inspectImage(image, ask('raw')).kind, 'compressed');
  }
});

suite('without deep inspection', () => {
  const qcow2 = plantMagics(plantedDisks.slice(0, 1));
  const trusting = { deep: false };

  test('believes disk_format, and asks permission all the same', () => {
    assert.deepEqual(inspectImage(qcow2, ask('raw', trusting)), { kind: 'disk', format: 'raw' });
    refuses(() => inspectImage(qcow2, ask('vmdk', { ...trusting, permitted: ['raw'] })), 'is vmdk, permitted are raw');
  });

  test('still looks where Ironic says nothing', () => {
    assert.deepEqual(inspectImage(qcow2, ask(null, trusting)), { kind: 'disk', format: 'qcow2' });
    refuses(() => inspectImage(Buffer.from('QED\0'), ask('unknown', trusting)), 'is qed');
  });

  test('still takes compression off', () => {
    const compressed = gzipSync(qcow2);
    assert.deepEqual(inspectImage(compressed, ask('qcow2', trusting)), { kind: 'compressed', compression: 'gzip' });
  });
});

suite('any bytes', () => {
  const isPlain = (bytes: Uint8Array): boolean =>
    !plantedMagics.some(({ offset, bytes: magic }) => {
      // Four bytes tell of every magic here but gzip, which has three.
      const start = magic.subarray(0, Math.min(4, magic.length));
      return start.equals(bytes.subarray(offset, offset + start.length));
    });
  const ground = fc.uint8Array({ minLength: 1, maxLength: 36 * 1024, size: 'max' }).filter(isPlain);

  test('without a magic are raw', () => {
    fc.assert(
      fc.property(ground, (bytes) => {
        assert.deepEqual(inspectImage(bytes, ask(null)), { kind: 'disk', format: 'raw' });
      }),
      { numRuns: 500 },
    );
  });

  test('with a magic in its place are never raw', () => {
    fc.assert(
      fc.property(ground, fc.constantFrom(...plantedMagics), (bytes, magic) => {
        const image = Buffer.alloc(Math.max(bytes.length, magic.offset + magic.bytes.length));
        image.set(bytes);
        magic.bytes.copy(image, magic.offset);
        try {
          assert.notDeepEqual(inspectImage(image, ask(null)), { kind: 'disk', format: 'raw' });
        } catch (error) {
          assert.ok(error instanceof InvalidImageError);
        }
        assert.throws(() => inspectUnpacked(image, ask('raw'), 'gzip'), InvalidImageError);
      }),
      { numRuns: 500 },
    );
  });

  test('with a magic out of its place are raw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...plantedMagics), fc.integer({ min: 1, max: 30_000 }), (magic, shift) => {
        const moved = { ...magic, offset: magic.offset + shift };
        fc.pre(isPlain(plantMagics([moved])));
        assert.deepEqual(inspectImage(plantMagics([moved]), ask('raw')), { kind: 'disk', format: 'raw' });
      }),
      { numRuns: 500 },
    );
  });

  test('with two magics are refused as both', () => {
    fc.assert(
      fc.property(fc.constantFrom(...plantedMagics), fc.constantFrom(...plantedMagics), (one, other) => {
        const apart = one.offset + one.bytes.length <= other.offset || other.offset + other.bytes.length <= one.offset;
        fc.pre(apart && one.name !== other.name);
        refuses(
          () => inspectImage(plantMagics([one, other]), ask(null)),
          'several things at once',
          one.name,
          other.name,
        );
      }),
      { numRuns: 500 },
    );
  });
});
