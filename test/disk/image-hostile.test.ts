import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { gptImage, mbrImage } from '../support/gpt-image.ts';
import { type Behaviour, createImageServer, type ImageServer } from '../support/image-server.ts';
import { runWrite } from '../support/killed-write.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { buildImage, type GuestCluster, type ImageParts } from '../support/qcow2/build-image.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { bytesOf, cannotBoot, sha256 } from '../support/written-disk.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const sizeBytes = 24 * MiB;
/** What a writing process may need above one that writes a good image of the same size. */
const mostMemoryKib = 128 * KiB;
const mostMs = 20_000;

const good = gptImage({ sizeBytes: 16 * MiB });
/** Peak memory of a process that writes a good image. */
let peakOfGoodKib = 0;

interface Hostile {
  readonly what: string;
  readonly image: Uint8Array;
  readonly diskFormat?: string;
  readonly behaviour?: Behaviour | ((server: ImageServer) => Behaviour);
  readonly says: RegExp;
  /** `untouched`: not a byte differs; `blank`: neither head nor tail can boot. */
  readonly disk: 'untouched' | 'blank';
}

const data = (): GuestCluster => ({ kind: 'data', bytes: randomBytes(64 * KiB) });
const parts: ImageParts = {
  virtualBytes: 16 * MiB,
  clusters: new Map([
    [0, data()],
    [5, data()],
    [77, data()],
  ]),
};

/** An image whose bytes were changed after it was made. */
function changed(change: (built: ReturnType<typeof buildImage>) => void, of: ImageParts = parts): Buffer {
  const built = buildImage(of);
  change(built);
  return built.bytes;
}

const qcow2 = (what: string, image: Uint8Array, says: RegExp, disk: Hostile['disk'] = 'untouched'): Hostile => ({
  what: `qcow2 ${what}`,
  image,
  diskFormat: 'qcow2',
  says,
  disk,
});

const compressedWith = (stream: Uint8Array): Buffer =>
  buildImage({ ...parts, clusters: new Map([[3, { kind: 'compressed', bytes: randomBytes(64 * KiB), stream }]]) })
    .bytes;

function packed(program: string, bytes: Uint8Array): Buffer {
  return execFileSync(program, ['-1', '-c'], { input: bytes, maxBuffer: 256 * MiB });
}

function vmdkOfHostFile(): Buffer {
  const text = '# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\n';
  return Buffer.from(`${text}RW 2048 FLAT "/etc/passwd" 0\n`.padEnd(64 * KiB, '\n'));
}

function zerosIn(program: string, args: readonly string[], mebibytes: number): Buffer {
  using dir = temporaryDirectory();
  const file = path.join(dir.path, 'zeros');
  writeFileSync(file, '');
  execFileSync('truncate', ['-s', `${mebibytes}M`, file]);
  return execFileSync(program, [...args, '-c', file], { maxBuffer: 64 * MiB });
}

const l2Of = ({ l2Offsets }: ReturnType<typeof buildImage>): number => l2Offsets.get(0) ?? 0;
const entryOf = ({ entryOffsets }: ReturnType<typeof buildImage>, index: number): number =>
  entryOffsets.get(index) ?? 0;
const copied = (offset: number): bigint => (1n << 63n) | BigInt(offset);

const twoTables = changed((built) => built.bytes.writeBigUInt64BE(copied(l2Of(built)), entryOf(built, 5)));
const overlap = changed((built) =>
  built.bytes.copy(built.bytes, entryOf(built, 5), entryOf(built, 0), entryOf(built, 0) + 8),
);
const moved = changed((built) => built.bytes.writeBigUInt64BE(0n, entryOf(built, 77)));

const hostile: readonly Hostile[] = [
  qcow2('whose map points into itself', twoTables, /overlap|L2 table|twice|table/i),
  qcow2(
    'whose L1 table is its L2 table',
    changed((b) => b.bytes.writeBigUInt64BE(copied(b.l1Offset), b.l1Offset)),
    /L1|overlap/i,
  ),
  qcow2('with two clusters at one place', overlap, /overlap|twice|same/i),
  qcow2(
    'that says to be 2^60 bytes large',
    changed((b) => b.bytes.writeBigUInt64BE(1n << 60n, 24)),
    /bytes|L1|size/i,
  ),
  qcow2(
    'with 2^32 - 1 entries of L1',
    changed((b) => b.bytes.writeUInt32BE(0xffff_ffff, 36)),
    /L1/i,
  ),
  qcow2(
    'with a cluster beyond its end',
    changed((b) => b.bytes.writeBigUInt64BE(copied(1 << 30), entryOf(b, 5))),
    /beyond|end|outside/i,
  ),
  qcow2(
    'with a backing file',
    changed((b) => b.bytes.writeBigUInt64BE(BigInt(0x200), 8)),
    /backing/i,
  ),
  qcow2('that is cut within its tables', changed(() => undefined).subarray(0, 200 * KiB), /end|beyond|outside|bytes/i),
  qcow2(
    'with a bomb in a cluster',
    compressedWith(deflateRawSync(Buffer.alloc(16 * MiB))),
    /compressed cluster/i,
    'blank',
  ),
  qcow2('with rubbish for a compressed cluster', compressedWith(randomBytes(3000)), /compressed cluster/i, 'blank'),
  {
    ...qcow2('that shows other tables when they pass by', moved, /changed|tables|map/i, 'blank'),
    behaviour: ({ seen }) => (/-$/.test(seen.at(-1)?.headers.range ?? '') ? {} : { content: buildImage(parts).bytes }),
  },
  {
    what: 'a gzip bomb of 1 GiB',
    image: zerosIn('gzip', ['-1'], 1024),
    says: /has 25165824 bytes, the image has more/,
    disk: 'blank',
  },
  {
    what: 'a zstd bomb of 4 GiB with a long window',
    image: zerosIn('zstd', ['-q', '-3', '--long=27'], 4096),
    says: /has 25165824 bytes, the image has more|window/,
    disk: 'blank',
  },
  { what: 'a gzip within a gzip', image: gzipSync(gzipSync(good)), says: /gzip/, disk: 'untouched' },
  {
    what: 'a gzip that is cut',
    image: gzipSync(good, { level: 1 }).subarray(0, 9 * MiB),
    says: /gzip|end|cut/,
    disk: 'blank',
  },
  { what: 'an xz that is cut', image: packed('xz', good).subarray(0, 9 * MiB), says: /xz/, disk: 'blank' },
  {
    what: 'a zstd with rubbish behind it',
    image: Buffer.concat([zstdCompressSync(good), randomBytes(1000)]),
    says: /zstd/,
    disk: 'blank',
  },
  {
    what: 'a GPT that is a qcow2 as well',
    image: Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), good.subarray(8)]),
    says: /qcow2/,
    disk: 'untouched',
  },
  {
    what: 'a vmdk of a file of the machine',
    image: vmdkOfHostFile(),
    diskFormat: 'vmdk',
    says: /vmdk/,
    disk: 'untouched',
  },
  {
    what: 'a raw that is a vhd at its end',
    image: Buffer.concat([mbrImage({ sizeBytes: 8 * MiB }), Buffer.from('conectix'.padEnd(512, '\0'))]),
    says: /vhd/,
    disk: 'blank',
  },
  {
    what: 'an answer that promises more than it has',
    image: good,
    behaviour: { ignoresRange: true, framing: 'close', headers: { 'content-length': `${good.length + 5000}` } },
    says: /body ended|ended|closed/,
    disk: 'blank',
  },
  {
    what: 'an answer that promises less than it has',
    image: good,
    behaviour: { ignoresRange: true, framing: 'close', headers: { 'content-length': `${good.length - 5000}` } },
    says: /expected sha256 \w+, actual \w+/,
    disk: 'blank',
  },
  {
    what: 'an answer that promises more than the disk has',
    image: good,
    behaviour: { ignoresRange: true, framing: 'close', headers: { 'content-length': '99999999999999' } },
    says: /has 25165824 bytes, the image has 99999999999999/,
    disk: 'untouched',
  },
];

async function attempt({
  image,
  diskFormat = 'raw',
  behaviour = {},
}: Pick<Hostile, 'image' | 'diskFormat' | 'behaviour'>) {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes });
  const former = mbrImage({ sizeBytes });
  writeFileSync(disk.path, former);
  execFileSync('blockdev', ['--flushbufs', disk.path]);
  execFileSync('sync', ['-f', disk.backingFile]);
  const url = server.serve('/x', image, typeof behaviour === 'function' ? () => behaviour(server) : behaviour);
  const imageInfo = { urls: [url], checksum: sha256(image), disk_format: diskFormat };
  const config = { permittedImageFormats: ['raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'] };
  const started = performance.now();
  const { told } = await runWrite({ device: disk.path, imageInfo, config }, null);
  const milliseconds = performance.now() - started;
  const end = told.find(({ message }) => message === 'failed' || message === 'written');
  const peakKib = Number(told.find(({ message }) => message === 'memory')?.['peakKib']);
  const isUntouched = bytesOf(disk).equals(former);
  return { end, peakKib, milliseconds, isUntouched, isBlank: cannotBoot(disk) };
}

before(async () => {
  const { end, peakKib } = await attempt({ image: good });
  assert.equal(end?.message, 'written', JSON.stringify(end));
  peakOfGoodKib = peakKib;
});

for (const kase of hostile) {
  test(`${kase.what}: a clear error, a disk as promised, little memory and time`, async (t) => {
    const { end, peakKib, milliseconds, isUntouched, isBlank } = await attempt(kase);
    const error = String(end?.['error']);
    t.diagnostic(`${error}; ${Math.round(milliseconds)} ms, ${Math.round((peakKib - peakOfGoodKib) / KiB)} MiB more`);
    assert.equal(end?.message, 'failed', JSON.stringify(end));
    assert.match(error, /^(InvalidImage|Image\w+Error): /);
    assert.match(error, kase.says);
    if (kase.disk === 'untouched') assert.ok(isUntouched, 'the disk was touched');
    else assert.ok(isBlank, 'the disk may boot');
    assert.equal(/the disk was not touched/.test(error) && !isUntouched, false);
    assert.ok(peakKib - peakOfGoodKib < mostMemoryKib, `${peakKib} KiB, a good image needs ${peakOfGoodKib} KiB`);
    assert.ok(milliseconds < mostMs, `${milliseconds} ms`);
  });
}
