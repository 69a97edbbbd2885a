import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockDevice } from '../../core/block-device.ts';
import type { Host } from '../../core/job-context.ts';
import { updatePartitions } from '../../tools/partx-update.ts';
import { settle, udevRuns } from '../../tools/udevadm.ts';
import { readIdentities } from '../list-block-devices.ts';
import { readAttribute, readPartitions } from '../sysfs.ts';
import type { PartitionLayout, PlannedPartition } from './layout.ts';

/** The kernel does not show the partitions that the table on the disk has. */
export class PartitionsNotFoundError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PartitionsNotFoundError';
  }
}

/** A partition that is on the disk as it was planned. */
export interface FoundPartition {
  readonly planned: PlannedPartition;
  readonly device: BlockDevice;
}

const waitMilliseconds = 5000;
const pollMilliseconds = 20;
/** sysfs counts in units of 512 bytes, whatever the sector size. */
const unitBytes = 512;

/**
 * Makes the kernel know the partitions of a layout that is on the disk, waits for their nodes (udev may have to make them) and
 * checks that each begins and ends where it was planned. Throws PartitionsNotFoundError, ToolError.
 */
export async function findPartitions(
  disk: BlockDevice,
  layout: PartitionLayout,
  host: Host,
): Promise<readonly FoundPartition[]> {
  // udev may still be reading a table that was just written, and make the kernel drop and add partitions by that.
  if (udevRuns()) await settle(host.run);
  await updatePartitions(host.run, disk.path);
  if (udevRuns()) await settle(host.run);
  const paths = await waitForNodes(disk, layout.partitions, host.signal);
  for (const [index, planned] of layout.partitions.entries()) checkExtent(paths[index], planned, layout.sectorBytes);
  const devices = await readIdentities(host, paths);
  return layout.partitions.map((planned, index) => ({ planned, device: devices[index] as BlockDevice }));
}

async function waitForNodes(
  disk: BlockDevice,
  planned: readonly PlannedPartition[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const deadline = performance.now() + waitMilliseconds;
  for (;;) {
    const known = readPartitions(disk.path);
    const paths = planned.map(({ number }) =>
      known.find((path) => readAttribute(path, 'partition') === String(number)),
    );
    const ready = paths.filter((path) => path !== undefined && isNode(path));
    if (ready.length === planned.length && known.length === planned.length) return ready as readonly string[];
    if (performance.now() > deadline) {
      const numbers = planned.map(({ number }) => number).join(', ');
      const shown = known.map((path) => (isNode(path) ? path : `${path} without a node`)).join(', ') || 'none';
      throw new PartitionsNotFoundError(
        `${disk.path} should have partitions ${numbers}; after ${waitMilliseconds / 1000} s the kernel shows ${shown}`,
      );
    }
    await sleep(pollMilliseconds, undefined, { signal });
  }
}

function isNode(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() ?? false;
}

function checkExtent(path: string | undefined, planned: PlannedPartition, sectorBytes: number): void {
  const [start, size] = ['start', 'size'].map(
    (name) => Number(readAttribute(path ?? '', name) ?? Number.NaN) * unitBytes,
  );
  const [plannedStart, plannedSize] = [planned.firstSector * sectorBytes, planned.sectors * sectorBytes];
  if (start === plannedStart && size === plannedSize) return;
  throw new PartitionsNotFoundError(
    `${path} has ${size} bytes from ${start} on, planned are ${plannedSize} from ${plannedStart} on`,
  );
}
