import type { BlockDevice } from '../../core/block-device.ts';
import type { RunTool, ToolNeed } from '../../core/tool.ts';
import { LayoutError } from '../../storage/partition/layout-error.ts';
import { roleFacts } from '../../storage/partition/layout-roles.ts';
import { hasBtrfs, makeBtrfs, need as needBtrfs } from '../../tools/mkfs-btrfs.ts';
import { type ExtKind, makeExt } from '../../tools/mkfs-ext.ts';
import { makeFat } from '../../tools/mkfs-vfat.ts';
import { hasXfs, makeXfs, need as needXfs } from '../../tools/mkfs-xfs.ts';

/** Makes the file system of the ephemeral partition. */
export type MakeEphemeral = (run: RunTool, device: BlockDevice) => Promise<void>;

interface EphemeralFormat {
  /** What its program refuses to go below. */
  readonly smallestMib: number;
  /** Where its program need not be in the ramdisk. */
  readonly optional?: { readonly need: ToolNeed; readonly isThere: (run: RunTool) => Promise<boolean> };
  readonly make: MakeEphemeral;
}

const label = roleFacts.ephemeral.name;

const ext = (kind: ExtKind): EphemeralFormat => ({
  smallestMib: 1,
  make: (run, { path }) => makeExt(run, path, kind, label),
});

const formats: ReadonlyMap<string, EphemeralFormat> = new Map([
  ['ext2', ext('ext2')],
  ['ext3', ext('ext3')],
  ['ext4', ext('ext4')],
  [
    'vfat',
    {
      smallestMib: 1,
      make: (run, { path, sizeBytes, logicalSectorBytes: sectorBytes }) =>
        makeFat(run, path, label, { sizeBytes, sectorBytes }),
    },
  ],
  [
    'xfs',
    {
      smallestMib: 300,
      optional: { need: needXfs, isThere: hasXfs },
      make: (run, { path }) => makeXfs(run, path, label),
    },
  ],
  [
    'btrfs',
    {
      smallestMib: 109,
      optional: { need: needBtrfs, isThere: hasBtrfs },
      make: (run, { path }) => makeBtrfs(run, path, label),
    },
  ],
]);

const defaultFormat = 'ext4';

/**
 * Makes sure that an ephemeral partition of this size can get the file system (null: ext4) before anything is touched. Throws
 * LayoutError for one that is unknown, too large for the partition, or whose program is not in this ramdisk.
 */
export async function ephemeralMaker(wanted: string | null, mib: number, run: RunTool): Promise<MakeEphemeral> {
  const name = wanted ?? defaultFormat;
  const format = formats.get(name);
  if (format === undefined) {
    throw new LayoutError(`ephemeral_format ${name} is not known, only ${[...formats.keys()].join(', ')}`);
  }
  if (mib < format.smallestMib) {
    throw new LayoutError(`ephemeral_format ${name} needs ${format.smallestMib} MiB, ephemeral_mb is ${mib}`);
  }
  if (format.optional && !(await format.optional.isThere(run))) {
    const { program, package: from } = format.optional.need;
    throw new LayoutError(`ephemeral_format ${name} needs ${program} (${from}), which is not in this ramdisk`);
  }
  return format.make;
}
