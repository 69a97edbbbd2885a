import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { type BootMedium, readBootMedia } from './boot-medium.ts';
import { type DeviceContent, readContents, readUpperContent } from './device-contents.ts';
import { readMounts, readSwaps, type Use } from './device-uses.ts';
import { isTaken } from './exclusive-use.ts';
import { readHolders } from './holders/read-holders.ts';
import { readPhysicalDisks } from './physical-disks.ts';
import { findUnreadable } from './readability.ts';
import { type ReadReservation, type Reservation, readReservation, readReservations } from './reservations.ts';
import { readAttribute, readPartitions, readRelatives } from './sysfs.ts';

/** What the guard looks at, of one device: read fresh, just before something is destroyed. */
export interface GuardFacts {
  readonly readOnly: boolean;
  /** Who uses it, or a partition of it. */
  readonly uses: readonly Use[];
  /** Somebody has it to himself (O_EXCL); asked only where `uses` does not tell that already. */
  readonly taken: boolean;
  /** What is on it, on its partitions, and on all that is built upon them: a clustered file system often lies on a volume. */
  readonly contents: readonly DeviceContent[];
  /** How it, or each device that it is made of, is attached. */
  readonly transports: readonly string[];
  /** Of the disks that it is made of. */
  readonly reservations: readonly Reservation[];
  /** Why it cannot be read; null where it can. */
  readonly unreadable: string | null;
  /** Why it is the boot medium; null where it is not. */
  readonly bootMedium: string | null;
}

/** Facts by device path; an Error where they could not be read, which the guard takes for a refusal. */
export type GuardFactsByPath = ReadonlyMap<string, GuardFacts | Error>;

interface Sources {
  readonly host: Host;
  readonly uses: readonly Use[];
  readonly bootMedia: readonly BootMedium[];
  readonly readReservation: ReadReservation;
}

/**
 * Asks for every device before anything is touched. Reservations, readability and exclusive use are asked of disks alone: a
 * partition has those of its disk. Throws where not even the mounts of this machine can be read.
 */
export async function readGuardFacts(
  targets: readonly BlockDevice[],
  host: Host,
  asking: { readonly readReservation?: ReadReservation } = {},
): Promise<GuardFactsByPath> {
  const uses = [...readMounts(), ...readSwaps()];
  const sources: Sources = { host, uses, bootMedia: readBootMedia(), readReservation, ...asking };
  const entries = await Promise.all(
    targets.map(async (target): Promise<[string, GuardFacts | Error]> => {
      try {
        return [target.path, await readFacts(target, sources)];
      } catch (error) {
        return [target.path, new Error(errorText(error), { cause: error })];
      }
    }),
  );
  return new Map(entries);
}

async function readFacts(target: BlockDevice, sources: Sources): Promise<GuardFacts> {
  const { host, bootMedia } = sources;
  const partitions = target.kind === 'disk' ? readPartitions(target.path) : [];
  const family = [target.path, ...partitions];
  const uses = [
    ...sources.uses.filter((use) => family.includes(use.device)),
    ...family.flatMap((path) => holdersOf(path)),
  ];
  const physical = await readPhysicalDisks(target, host);
  const isDisk = target.kind === 'disk';
  return {
    readOnly: readAttribute(target.path, 'ro') !== '0',
    uses,
    taken: isDisk && uses.length === 0 && (await isTaken(target.path)),
    contents: [...(await readContents(target, partitions, host.run)), ...(await readContentsAbove(target, host))],
    transports: [...new Set(physical.flatMap(({ transports }) => transports))],
    bootMedium: bootMedia.find(({ disk }) => disk === target.disk)?.why ?? null,
    reservations: isDisk ? await readReservations(physical, host, sources.readReservation) : [],
    unreadable: isDisk ? await findUnreadable(target) : null,
  };
}

async function readContentsAbove(target: BlockDevice, { run }: Host): Promise<readonly DeviceContent[]> {
  const upper = readHolders([target]).nodes.filter(({ path, kind }) => path !== target.path && kind !== 'partition');
  return Promise.all(upper.map(({ path }) => readUpperContent(path, run)));
}

function holdersOf(path: string): readonly Use[] {
  return readRelatives(path, 'holders').map((holder) => ({ kind: 'held', device: path, by: holder }));
}
