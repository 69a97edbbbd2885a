import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { fitDrive } from '../../src/image/config-drive/fit-drive.ts';
import { readIso9660 } from '../../src/image/config-drive/iso9660.ts';
import { deviceZeroing } from '../../src/image/disk/device-zeroing.ts';
import { createDiskWriter } from '../../src/image/disk/disk-writer.ts';
import { finishDisk } from '../../src/image/whole-disk/finish-disk.ts';
import { driveFiles, filesOf, isoImage } from '../support/config-drive.ts';
import { gptImage, mbrImage } from '../support/gpt-image.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { createStorageHost } from '../support/storage-host.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const execute = promisify(execFile);
const MiB = 1024 * 1024;
const sectorSizes = [512, 4096] as const;
const { signal } = new AbortController();

/** Writes an image and a config drive to a disk full of something else; gives the number of its partition. */
async function deploy(disk: LoopDevice, image: Uint8Array, drive: Uint8Array, sectorBytes: number) {
  await using handle = await open(disk.path, constants.O_RDWR | constants.O_DIRECT);
  const target = { handle, path: disk.path, sizeBytes: disk.sizeBytes, sectorBytes };
  const writer = createDiskWriter({
    target,
    zeroing: deviceZeroing(target, disk.path, createStorageHost([disk.path])),
  });
  const rubbish = randomBytes(4 * MiB);
  for (let at = 0; at < disk.sizeBytes; at += rubbish.length) {
    await writer.write(rubbish.subarray(0, disk.sizeBytes - at), at);
  }
  await writer.write(image, 0);

  const { configDrivePartition } = await finishDisk(writer, drive, signal);
  assert.ok(configDrivePartition !== null);
  return configDrivePartition;
}

interface SfdiskPartition {
  readonly node: string;
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly name?: string;
}

/** What the real tools say of the partition with the drive. */
async function lookAt(disk: LoopDevice, number: number, sectorBytes: number) {
  const { stdout } = await execute('sfdisk', ['--json', disk.path]);
  const { partitions } = JSON.parse(stdout).partitiontable as { readonly partitions: readonly SfdiskPartition[] };
  const found = partitions.find(({ node }) => node === `${disk.path}p${number}`);
  assert.ok(found, stdout);
  const place = { offset: found.start * sectorBytes, length: found.size * sectorBytes };
  const nodes = await addPartitions(disk.path);
  const node = nodes.find((name) => name === found.node);
  assert.ok(node, nodes.join(' '));
  const probed = await execute('blkid', ['-p', '-o', 'export', node]);
  return {
    found,
    place,
    node,
    label: /^LABEL=(.*)$/m.exec(probed.stdout)?.[1],
    type: /^TYPE=(.*)$/m.exec(probed.stdout)?.[1],
  };
}

/** The files of a FAT file system as mcopy finds them. */
async function copiedFrom(node: string): Promise<Map<string, Buffer>> {
  using dir = temporaryDirectory();
  const tree = path.join(dir.path, 'tree');
  await mkdir(tree);
  await execute('mcopy', ['-s', '-n', '-i', node, '::*', tree]);
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (name) => [path.relative(tree, name), await readFile(name)] as const)),
  );
}

const sorted = (files: ReadonlyMap<string, Buffer>) => [...files].sort(([a], [b]) => (a < b ? -1 : 1));
const expected = sorted(new Map(Object.entries(driveFiles).map(([name, text]) => [name, Buffer.from(text as string)])));

async function checkFiles(node: string, type: string | undefined): Promise<void> {
  if (type === 'vfat') await execute('fsck.vfat', ['-n', node]);
  const files = type === 'vfat' ? await copiedFrom(node) : filesOf(readIso9660(await readFile(node)));
  assert.deepEqual(sorted(files), expected);
}

describe('a config drive on a disk', () => {
  for (const sectorBytes of sectorSizes) {
    const type = sectorBytes === 512 ? 'iso9660' : 'vfat';
    const label = sectorBytes === 512 ? 'config-2' : 'CONFIG-2';

    it(`is found by its label in a new GPT partition, sectors of ${sectorBytes} bytes`, async () => {
      await using disk = await createLoopDevice({ sizeBytes: 300 * MiB + sectorBytes * 3, sectorBytes });
      const drive = fitDrive(await isoImage(), { sectorBytes, rebuild: false });
      const number = await deploy(disk, gptImage({ sizeBytes: 20 * MiB, sectorBytes }), drive, sectorBytes);
      assert.equal(number, 2);
      const { stdout } = await execute('sgdisk', ['--verify', disk.path]);
      assert.match(stdout, /No problems found/);
      const { found, place, node, ...seen } = await lookAt(disk, number, sectorBytes);
      assert.deepEqual(seen, { label, type });
      assert.ok(place.offset % MiB === 0 && place.length >= 64 * MiB && place.length < 65 * MiB);
      assert.deepEqual([found.name, found.type], ['config-2', '0FC63DAF-8483-4772-8E79-3D69D8477DE4']);
      await checkFiles(node, type);
      const whole = await readFile(node);
      assert.ok(
        whole.subarray(drive.length).every((byte) => byte === 0),
        'nothing of the former content is behind it',
      );
    });

    it(`is found by its label in a new MBR partition, sectors of ${sectorBytes} bytes`, async () => {
      await using disk = await createLoopDevice({ sizeBytes: 200 * MiB, sectorBytes });
      const drive = fitDrive(await isoImage(), { sectorBytes, rebuild: false });
      const number = await deploy(disk, mbrImage({ sizeBytes: 20 * MiB, sectorBytes }), drive, sectorBytes);
      const { found, place, node, ...seen } = await lookAt(disk, number, sectorBytes);
      assert.deepEqual(seen, { label, type });
      assert.deepEqual([found.type, place], ['c', { offset: 136 * MiB, length: 64 * MiB }]);
      await checkFiles(node, type);
    });

    it(`takes the place of the one in the image, sectors of ${sectorBytes} bytes`, async () => {
      await using disk = await createLoopDevice({ sizeBytes: 200 * MiB, sectorBytes });
      await using template = await createLoopDevice({ sizeBytes: 100 * MiB, sectorBytes });
      const parts = ['-n', '1:0:+4M', '-n', '2:0:+70M', '-c', '2:config-2', '-n', '3:0:+4M'];
      await execute('sgdisk', [...parts, template.path]);
      const image = await readFile(template.path);
      const drive = fitDrive(await isoImage(), { sectorBytes, rebuild: true });
      const number = await deploy(disk, image, drive, sectorBytes);
      assert.equal(number, 2);
      const { stdout } = await execute('sgdisk', ['--verify', disk.path]);
      assert.match(stdout, /No problems found/);
      const { node, place, ...seen } = await lookAt(disk, number, sectorBytes);
      assert.deepEqual([seen.label, seen.type, place.length], ['CONFIG-2', 'vfat', 70 * MiB]);
      await checkFiles(node, 'vfat');
    });
  }
});
