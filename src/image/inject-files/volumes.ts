import type { BlockDevice } from '../../core/block-device.ts';
import type { StepContext } from '../../core/job-context.ts';
import { DeviceNotFoundError, ProtectedDeviceError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { findRefusals, guardsClusterFileSystems } from '../../storage/guard.ts';
import { type GuardFacts, type GuardFactsByPath, readGuardFacts } from '../../storage/guard-facts.ts';
import { findNamedByIdentity, findRootDevice } from '../../storage/root-device.ts';
import { findSkipped } from '../../storage/skip-list.ts';
import { probe } from '../../tools/blkid.ts';
import { resolveDevice } from '../../tools/device-name.ts';
import { type MountableFileSystem, mountableFileSystems } from '../../tools/mount.ts';
import { updatePartitions } from '../../tools/partx-update.ts';
import { candidatesFor } from './candidates.ts';
import type { FileRequest } from './file-request.ts';

/** A device that files may go to. */
export interface Volume {
  readonly device: BlockDevice;
  /** null where it holds none that we mount. */
  readonly fileSystem: MountableFileSystem | null;
  /** What it holds, for people. */
  readonly holds: string;
}

export interface MountableVolume extends Volume {
  readonly fileSystem: MountableFileSystem;
}

/** Of each file the volumes that it may go to, in the order in which they are searched. */
export type VolumesByFile = ReadonlyMap<FileRequest, readonly Volume[]>;

/**
 * Finds the volumes of all files, and asks the guard about those that are going to be mounted: only reading. Throws
 * DeviceNotFoundError, ProtectedDeviceError.
 */
export async function findVolumes(files: readonly FileRequest[], context: StepContext): Promise<VolumesByFile> {
  const { devices, candidates } = await locate(files, context);
  const distinct = [...new Set([...candidates.values()].flat())];
  const volumes = new Map<BlockDevice, Volume>();
  for (const device of distinct) volumes.set(device, await readVolume(device, context));
  const mountable = [...volumes.values()].filter(({ fileSystem }) => fileSystem !== null);
  await assertMayWrite(
    mountable.map(({ device }) => device),
    devices,
    context,
  );
  return new Map(files.map((file) => [file, (candidates.get(file) ?? []).flatMap((each) => volumes.get(each) ?? [])]));
}

interface Located {
  readonly devices: readonly BlockDevice[];
  readonly candidates: ReadonlyMap<FileRequest, readonly BlockDevice[]>;
}

/** After an image was written, the kernel may not know all partitions yet: then it is made to look again. */
async function locate(files: readonly FileRequest[], context: StepContext): Promise<Located> {
  for (let isLast = false; ; isLast = true) {
    const devices = await context.managers.listBlockDevices(context, { partitions: true });
    const usesRoot = files.some(({ partition }) => typeof partition !== 'string');
    const root = usesRoot ? findRootDevice(devices, context.node).device : null;
    const candidates = new Map(files.map((file) => [file, candidatesFor(file, root, devices, canonical)]));
    const lost = files.find((file) => candidates.get(file)?.length === 0);
    if (lost === undefined) return { devices, candidates };
    if (isLast || root === null) throw new DeviceNotFoundError(`${lost.path}: ${whyLost(lost, root)}`);
    try {
      await updatePartitions(context.run, root.path);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      // Without a table there is nothing for it to look at.
      throw new DeviceNotFoundError(`${lost.path}: ${whyLost(lost, root)}: ${errorText(error)}`, { cause: error });
    }
  }
}

function whyLost({ partition }: FileRequest, root: BlockDevice | null): string {
  if (typeof partition === 'string') return `partition ${partition} is none of the devices that the agent works on`;
  const what = partition === null ? 'neither partitions nor a file system' : `no partition ${partition}`;
  return `the root device ${root?.path} has ${what}`;
}

function canonical(path: string): string {
  try {
    return resolveDevice(path).path;
  } catch (error) {
    throw new DeviceNotFoundError(`partition ${path}: ${errorText(error)}`, { cause: error });
  }
}

/** Read from the device itself: what udev knows may be older than the image. */
async function readVolume(device: BlockDevice, { run }: StepContext): Promise<Volume> {
  const probed = await probe(run, device.path);
  const type = probed.kind === 'found' ? probed.tags['TYPE'] : undefined;
  const fileSystem = mountableFileSystems.find((name) => name === type) ?? null;
  const nothing = probed.kind === 'ambivalent' ? 'several file systems at once' : 'no file system';
  return { device, fileSystem, holds: type ?? nothing };
}

/** What a partition is asked, and its disk; that other partitions of the disk are in use does not matter. */
async function assertMayWrite(
  targets: readonly BlockDevice[],
  devices: readonly BlockDevice[],
  context: StepContext,
): Promise<void> {
  const skipped = findSkipped(devices, context.node);
  const disks = devices.filter(({ path }) => targets.some(({ disk }) => disk === path));
  const judged = [...new Set([...disks, ...targets])];
  const refusals = findRefusals(judged, ofTargetsOnly(await readGuardFacts(judged, context), targets), {
    clusterFileSystems: guardsClusterFileSystems(context, context.node),
    named: findNamedByIdentity(devices, context.node),
    fabricDevices: [],
    releasable: new Set(),
  });
  const reasons = [
    ...targets.filter(({ path }) => skipped.has(path)).map(({ path }) => `${path} is on the skip list`),
    ...refusals.map(({ detail }) => detail),
  ];
  if (reasons.length > 0) throw new ProtectedDeviceError(reasons.join('; '));
}

function ofTargetsOnly(facts: GuardFactsByPath, targets: readonly BlockDevice[]): GuardFactsByPath {
  const isTarget = (path: string): boolean => targets.some((target) => target.path === path);
  return new Map(
    [...facts].map(([path, known]): [string, GuardFacts | Error] => {
      if (known instanceof Error) return [path, known];
      return [path, { ...known, uses: known.uses.filter(({ device }) => device === path || isTarget(device)) }];
    }),
  );
}
