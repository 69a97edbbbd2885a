import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gptImage } from '../support/gpt-image.ts';
import { type Behaviour, createImageServer } from '../support/image-server.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { poison } from '../support/poison.ts';
import { bytesOf, sha256, startWrite } from '../support/written-disk.ts';
import { dataBytes, poisonedPages, writtenBytes } from '../support/written-extents.ts';

const MiB = 1024 * 1024;
const sizeBytes = 48 * MiB;
const permittedImageFormats = ['raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'];

let directory: string;

before(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ih-forms-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** A disk as an operating system leaves it: data, text, and zeros in places that no block begins or ends at. */
function makeDisk(sectorBytes: 512 | 4096): Buffer {
  const disk = gptImage({ sizeBytes, sectorBytes });
  disk.fill(0, 3 * MiB + 17, 3 * MiB + 4096 * 5);
  disk.fill(0, 4 * MiB - 4096, 6 * MiB + 512);
  disk.fill(0, 17 * MiB + 1, 29 * MiB + 4095);
  disk.fill(0, 47 * MiB, 47 * MiB + 512 * 1024);
  const line = randomBytes(700);
  for (let at = 33 * MiB; at < 40 * MiB; at += 1000) line.copy(disk, at);
  return disk;
}

interface Form {
  readonly name: string;
  /** Makes `out` of `in.raw`, in its directory. */
  readonly make: string;
  readonly diskFormat: string;
  readonly behaviour?: Behaviour;
  /** Needs a temporary file. Default: false. */
  readonly isSpooled?: boolean;
}

const qcow2 = (name: string, options: string, more: Partial<Form> = {}): Form => ({
  name: `qcow2 (${name})`,
  make: `qemu-img convert -O qcow2 ${options} in.raw out`,
  diskFormat: 'qcow2',
  ...more,
});
const converted = (name: string, driver: string, options = '', diskFormat = name): Form => ({
  name: options ? `${name} (${options})` : name,
  make: `qemu-img convert -O ${driver} ${options ? `-o ${options}` : ''} in.raw out`,
  diskFormat,
  isSpooled: true,
});

const forms: readonly Form[] = [
  { name: 'raw', make: 'cp in.raw out', diskFormat: 'raw' },
  { name: 'raw, without Range', make: 'cp in.raw out', diskFormat: 'raw', behaviour: { ignoresRange: true } },
  { name: 'gzip', make: 'gzip -1 < in.raw > out', diskFormat: 'raw' },
  { name: 'zstd', make: 'zstd -q -1 < in.raw > out', diskFormat: 'raw' },
  { name: 'xz', make: 'xz -0 < in.raw > out', diskFormat: 'raw' },
  { name: 'bzip2', make: 'bzip2 -1 < in.raw > out', diskFormat: 'raw' },
  qcow2('plain', ''),
  qcow2('zlib', '-c'),
  qcow2('zstd', '-c -o compression_type=zstd'),
  qcow2('extended L2', '-o extended_l2=on'),
  qcow2('clusters of 512 bytes', '-o cluster_size=512'),
  qcow2('clusters of 2 MiB', '-o cluster_size=2M'),
  qcow2('version 2', '-o compat=0.10'),
  qcow2('preallocated', '-o preallocation=full'),
  qcow2('without Range', '', { behaviour: { ignoresRange: true }, isSpooled: true }),
  ...['gzip -1', 'zstd -q -1', 'xz -0', 'bzip2 -1'].map((program) => ({
    name: `qcow2 in ${program.split(' ')[0]}`,
    make: `qemu-img convert -O qcow2 in.raw a.qcow2 && ${program} < a.qcow2 > out`,
    diskFormat: 'qcow2',
    isSpooled: true,
  })),
  converted('vmdk', 'vmdk', 'subformat=streamOptimized'),
  converted('vmdk', 'vmdk', 'subformat=monolithicSparse'),
  converted('vhd', 'vpc', 'force_size=on'),
  converted('vhdx', 'vhdx'),
  converted('vdi', 'vdi'),
];
/** Whose way to the disk depends on its sectors. */
const forLargeSectors = ['raw', 'gzip', 'qcow2 (plain)', 'qcow2 (zlib)', 'qcow2 (clusters of 512 bytes)', 'vhdx'];

for (const sectorBytes of [512, 4096] as const) {
  suite(`on a disk with sectors of ${sectorBytes} bytes`, () => {
    const disk = makeDisk(sectorBytes);
    const tables = 16_384 + 2 * sectorBytes;

    for (const form of forms) {
      if (sectorBytes === 4096 && !forLargeSectors.includes(form.name)) continue;
      test(`${form.name}: the disk is that of the image, and nothing is left of what was on it`, async (t) => {
        const dir = mkdtempSync(path.join(directory, 'form-'));
        writeFileSync(path.join(dir, 'in.raw'), disk);
        execFileSync('sh', ['-c', form.make], { cwd: dir });
        const image = readFileSync(path.join(dir, 'out'));
        const spoolDir = path.join(dir, 'spool');
        mkdirSync(spoolDir);

        await using server = await createImageServer();
        await using device = await createLoopDevice({
          sizeBytes: sizeBytes + 16 * MiB,
          sectorBytes,
          preallocate: true,
        });
        await poison(device);
        assert.equal(writtenBytes(device.backingFile, sizeBytes), sizeBytes);
        const spooled: string[] = [];
        using _ = watching(spoolDir, spooled);
        const { context, written: writing } = await startWrite(
          device,
          {
            urls: [server.serve('/image', image, form.behaviour)],
            checksum: sha256(image),
            disk_format: form.diskFormat,
          },
          { spoolDir, config: { permittedImageFormats } },
        );
        const written = await writing;
        await sleep(20);

        const bytes = bytesOf(device).subarray(0, sizeBytes);
        const end = sizeBytes - 16_384 - sectorBytes;
        assert.ok(bytes.subarray(tables, end).equals(disk.subarray(tables, end)), 'the device differs');
        assert.equal(written.table?.backupMoved, true);
        assert.match(execFileSync('sgdisk', ['-v', device.path], { encoding: 'utf8' }), /No problems found/);
        assert.equal(poisonedPages(bytes), 0);
        const ratio = writtenBytes(device.backingFile, sizeBytes) / dataBytes(disk);
        t.diagnostic(`written extents are ${ratio.toFixed(3)} of the data`);
        const unable = context.entries.find(({ message }) => message === 'zeros are written as data');
        assert.ok(ratio <= 1.05, `${ratio}: ${JSON.stringify(unable)}`);
        assert.deepEqual(readdirSync(spoolDir), []);
        assert.equal(spooled.length > 0, form.isSpooled ?? false, `${spooled}`);
        rmSync(dir, { recursive: true });
      });
    }
  });
}

/** Takes down every file that appears in a directory. */
function watching(dir: string, seen: string[]): Disposable {
  const watcher = watch(dir, (_, name) => void seen.push(String(name)));
  return { [Symbol.dispose]: () => watcher.close() };
}
