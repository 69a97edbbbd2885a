import { open } from 'node:fs/promises';
import type { Host } from '../../core/job-context.ts';
import type { FoundPartition } from '../../storage/partition/find-partitions.ts';
import { roleFacts } from '../../storage/partition/layout-roles.ts';
import { makeFat } from '../../tools/mkfs-vfat.ts';
import { makeSwap } from '../../tools/mkswap.ts';
import { eraseSignatures } from '../../tools/wipefs.ts';
import type { MakeEphemeral } from './ephemeral-format.ts';
import { fillPartition } from './fill-partition.ts';

/** What goes into the partitions around root. */
export interface PartitionContents {
  /** null where there is no ephemeral partition, or where it keeps what it has. */
  readonly makeEphemeral: MakeEphemeral | null;
  readonly configDrive: Uint8Array | null;
  /** True where the table is kept: boot code in partitions of their own is kept with it. */
  readonly preserve: boolean;
}

/**
 * Gives every partition but root its content, durable when this ends. Where the table is preserved, signatures of what was in
 * a partition go first, also in root; where it is new, sfdisk has wiped them. The ESP and swap are made anew also where the
 * rest is preserved, as ironic-python-agent does. All at once; ends only when nobody writes any more. Throws ToolError and what fillPartition throws.
 */
export async function fillPartitions(
  partitions: readonly FoundPartition[],
  contents: PartitionContents,
  host: Host,
): Promise<void> {
  const attempts = await Promise.allSettled(partitions.map((partition) => fillOne(partition, contents, host)));
  const failed = attempts.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function fillOne(partition: FoundPartition, contents: PartitionContents, host: Host): Promise<void> {
  const fill = fillerOf(partition, contents);
  if (fill === null) return;
  if (contents.preserve) await eraseSignatures(host.run, partition.device.path);
  await fill(host);
  await makeDurable(partition.device.path);
}

/** Not every program does it. Reading suffices to open it for that, and wakes nobody who waits for the end of a write. */
async function makeDurable(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.datasync();
}

type Fill = (host: Host) => Promise<void>;

const empty = new Uint8Array();

/** null for a partition that keeps what it has. */
function fillerOf({ planned: { role }, device }: FoundPartition, contents: PartitionContents): Fill | null {
  const { makeEphemeral, configDrive, preserve } = contents;
  const { path, sizeBytes, logicalSectorBytes: sectorBytes } = device;
  switch (role) {
    case 'efi':
      return ({ run }) => makeFat(run, path, roleFacts.efi.name, { sizeBytes, sectorBytes });
    case 'swap':
      return ({ run }) => makeSwap(run, path, roleFacts.swap.name);
    case 'ephemeral':
      return makeEphemeral && (({ run }) => makeEphemeral(run, device));
    case 'config-drive':
      return (host) => fillPartition(device, configDrive ?? empty, host);
    // Firmware runs what it finds there, so nothing old may stay; what is new comes with install_bootloader.
    case 'bios-boot':
    case 'prep':
      return preserve ? null : (host) => fillPartition(device, empty, host);
    case 'root':
      return async () => undefined;
  }
}
