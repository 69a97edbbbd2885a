import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { probe } from '../tools/blkid.ts';
import { type LsblkRow, listRows } from '../tools/lsblk.ts';
import { readProperties, settle, udevRuns } from '../tools/udevadm.ts';
import { selectRows } from './listed-rows.ts';
import { devicePath, readAttribute, readByPathNames } from './sysfs.ts';
import { toBlockDevice } from './to-block-device.ts';

/**
 * The disks of this machine, and their partitions where asked, in the order of lsblk. Outside a ramdisk only devices that the
 * safety latch permits exist. Throws ToolError when lsblk fails: no list is better than half of one.
 */
export async function listBlockDevices(
  host: Host,
  options: { readonly partitions: boolean },
  root = '/',
): Promise<readonly BlockDevice[]> {
  const named = host.latch.open ? null : host.latch.devices;
  if (named?.length === 0) return [];
  const udev = udevRuns(root);
  if (udev) await settle(host.run);
  const rows = await listRows(host.run, named ?? []);
  const sources = { host, udev, byPathNames: readByPathNames(root), content: true, root };
  return Promise.all(selectRows(rows, { ...options, named }).map((row) => describe(row, rows, sources)));
}

/** The device as it is now, by all that tells it from others; its content is left out. Throws when lsblk does not know it. */
export async function readIdentity(host: Host, path: string): Promise<BlockDevice> {
  const [device] = await readIdentities(host, [path]);
  return device as BlockDevice;
}

/** As readIdentity, of several devices at once and in their order; of none where none is asked for. */
export async function readIdentities(host: Host, paths: readonly string[]): Promise<readonly BlockDevice[]> {
  if (paths.length === 0) return [];
  const rows = await listRows(host.run, paths);
  const sources = { host, udev: udevRuns(), byPathNames: new Map(), content: false, root: '/' };
  return Promise.all(
    paths.map((path) => {
      const row = rows.find((candidate) => devicePath(candidate.kernelName) === path);
      if (!row) throw new Error(`lsblk does not know ${path}`);
      return describe(row, rows, sources);
    }),
  );
}

interface Sources {
  readonly host: Host;
  readonly udev: boolean;
  readonly byPathNames: ReadonlyMap<string, string>;
  readonly content: boolean;
  readonly root: string;
}

async function describe(row: LsblkRow, rows: readonly LsblkRow[], sources: Sources): Promise<BlockDevice> {
  const { host, udev, root } = sources;
  const path = devicePath(row.kernelName);
  const probed = sources.content && !udev ? await probe(host.run, path) : null;
  const sequence = readAttribute(path, 'diskseq', root);
  return toBlockDevice(row, {
    udev: udev ? await readProperties(host.run, path) : {},
    tags: probed?.kind === 'found' ? probed.tags : {},
    byPath: sources.byPathNames.get(path) ?? null,
    diskSequence: sequence === null ? null : Number(sequence),
    pathTransport: row.type === 'mpath' ? transportOf(row.parentKernelName, rows) : null,
  });
}

function transportOf(kernelName: string | null, rows: readonly LsblkRow[]): string | null {
  return rows.find((row) => row.kernelName === kernelName)?.transport ?? null;
}
