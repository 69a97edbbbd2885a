import type { Host } from '../../core/job-context.ts';
import { InvalidImageError } from '../../errors/catalogue.ts';
import type { FoundPartition } from '../../storage/partition/find-partitions.ts';
import type { PartitionRole } from '../../storage/partition/layout-roles.ts';
import { probe } from '../../tools/blkid.ts';
import { flushDevice } from '../../tools/blockdev-flush.ts';

/** The answer of standby.get_partition_uuids; its keys are those of the wire, with blanks. */
export interface PartitionUuids {
  readonly 'root uuid': string;
  /** null where the machine does not boot by UEFI. */
  readonly 'efi system partition uuid': string | null;
  /** Only on POWER. */
  readonly 'PReP Boot partition uuid'?: string;
  /** Paths of the partitions by what they are for. */
  readonly partitions: Readonly<Record<string, string>>;
}

/** What Ironic calls the partitions; the BIOS boot partition is not told. */
const wireNames: ReadonlyMap<PartitionRole, string> = new Map([
  ['efi', 'efi system partition'],
  ['prep', 'PReP Boot partition'],
  ['ephemeral', 'ephemeral'],
  ['swap', 'swap'],
  ['config-drive', 'configdrive'],
  ['root', 'root'],
]);

/**
 * Reads from the partitions themselves by what the conductor will know them: the UUID of the file system, else that of the
 * partition. Throws InvalidImageError where the image made root ambiguous, ToolError.
 */
export async function readPartitionUuids(partitions: readonly FoundPartition[], host: Host): Promise<PartitionUuids> {
  const uuidOf = async (wanted: PartitionRole): Promise<string | null> => {
    const found = partitions.find(({ planned: { role } }) => role === wanted);
    return found ? readUuid(found.device.path, host) : null;
  };
  const rootPath = partitions.find(({ planned: { role } }) => role === 'root')?.device.path;
  // What was written past the page cache, or through the disk, must not be hidden by what the cache still has.
  if (rootPath !== undefined) await flushDevice(host.run, rootPath);
  const [root, efi, prep] = await Promise.all([uuidOf('root'), uuidOf('efi'), uuidOf('prep')]);
  if (root === null) throw new Error('the layout has no root partition');
  return {
    'root uuid': root,
    'efi system partition uuid': efi,
    ...(prep !== null && { 'PReP Boot partition uuid': prep }),
    partitions: Object.fromEntries(
      partitions.flatMap(({ planned: { role }, device: { path } }) => {
        const name = wireNames.get(role);
        return name === undefined ? [] : [[name, path]];
      }),
    ),
  };
}

async function readUuid(path: string, { run }: Host): Promise<string> {
  const found = await probe(run, path);
  if (found.kind === 'ambivalent') {
    throw new InvalidImageError(`${path} holds signatures of several file systems at once`);
  }
  const tags = found.kind === 'found' ? found.tags : {};
  const uuid = tags.UUID ?? tags.PART_ENTRY_UUID;
  if (uuid === undefined) throw new InvalidImageError(`${path} has neither a UUID of a file system nor one of its own`);
  return uuid;
}
