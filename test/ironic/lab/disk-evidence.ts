import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { rootPartition } from './lab-images.ts';

interface SfdiskTable {
  readonly label: string;
  readonly partitions?: readonly { readonly node: string; readonly start: number; readonly size: number }[];
}

/** The partition table, as sfdisk(8) reads it; null where there is none. */
export async function partitionTable(device: string): Promise<SfdiskTable | null> {
  const json = await createRunProgram()('sfdisk', ['--json', device]).catch(() => null);
  return json === null ? null : (JSON.parse(json) as { partitiontable: SfdiskTable }).partitiontable;
}

/** The root file system of a whole-disk image of the lab is on the device byte for byte, and the table is right. */
export async function assertImageOnDisk(image: string, device: string): Promise<void> {
  const table = await partitionTable(device);
  assert.equal(table?.label, 'gpt', `${device} has no GPT`);
  const [root] = table?.partitions ?? [];
  assert.equal(root?.start, rootPartition.startBytes / 512);
  assert.equal(root?.size, rootPartition.sizeBytes / 512);
  const span = [rootPartition.startBytes, rootPartition.sizeBytes] as const;
  assert.equal(await hashOf(device, ...span), await hashOf(image, ...span), `${device} differs from ${image}`);
}

/** Every partition of a whole-disk image is on the device, at its place and byte for byte. */
export async function assertPartitionsOnDisk(image: string, device: string): Promise<void> {
  const digests = async (path: string): Promise<readonly string[]> => {
    const partitions = (await partitionTable(path))?.partitions ?? [];
    return await Promise.all(partitions.map(({ start, size }) => digestAt(path, start, size)));
  };
  const expected = await digests(image);
  assert.ok(expected.length > 0, `${image} has no partitions`);
  assert.deepEqual(await digests(device), expected, `${device} differs from ${image}`);
}

async function digestAt(path: string, startSector: number, sectors: number): Promise<string> {
  return `${startSector}+${sectors}: ${await hashOf(path, startSector * 512, sectors * 512)}`;
}

export async function assertNoTable(device: string): Promise<void> {
  assert.equal(await partitionTable(device), null, `${device} has a partition table`);
}

/** SHA-256 of a part of a file or device. */
export async function hashOf(file: string, startBytes: number, sizeBytes: number): Promise<string> {
  await using handle = await open(file, 'r');
  const buffer = Buffer.alloc(sizeBytes);
  const { bytesRead } = await handle.read(buffer, 0, sizeBytes, startBytes);
  assert.equal(bytesRead, sizeBytes);
  return createHash('sha256').update(buffer).digest('hex');
}
