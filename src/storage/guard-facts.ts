import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { listAncestry } from '../tools/lsblk.ts';
import { type DeviceContent, readContents } from './device-contents.ts';
import { readMounts, readSwaps, type Use } from './device-uses.ts';
import { readNvmeTransports } from './nvme-transport.ts';
import { kernelName, readAttribute, readPartitions, readRelatives } from './sysfs.ts';

/** What the guard looks at, of one device: read fresh, just before something is destroyed. */
export interface GuardFacts {
  readonly readOnly: boolean;
  /** Who uses it, or a partition of it. */
  readonly uses: readonly Use[];
  /** What is on it and on its partitions. */
  readonly contents: readonly DeviceContent[];
  /** How it, or each device that it is made of, is attached. */
  readonly transports: readonly string[];
}

/** Devices that are elsewhere by nature; lsblk gives no transport for them. */
const networkDevice = /^(rbd|nbd|drbd)\d/;

/** Facts by device path; an Error where they could not be read, which the guard takes for a refusal. */
export type GuardFactsByPath = ReadonlyMap<string, GuardFacts | Error>;

export async function readGuardFacts(targets: readonly BlockDevice[], host: Host): Promise<GuardFactsByPath> {
  const known = new Set(targets.map((target) => target.path));
  const entries = await Promise.all(
    targets.map(async (target): Promise<[string, GuardFacts | Error]> => {
      try {
        return [target.path, await readFacts(target, known, host)];
      } catch (error) {
        return [target.path, new Error(errorText(error), { cause: error })];
      }
    }),
  );
  return new Map(entries);
}

async function readFacts(target: BlockDevice, known: ReadonlySet<string>, host: Host): Promise<GuardFacts> {
  const partitions = target.kind === 'disk' ? readPartitions(target.path) : [];
  const family = [target.path, ...partitions];
  return {
    readOnly: readAttribute(target.path, 'ro') !== '0',
    uses: [
      ...[...readMounts(), ...readSwaps()].filter((use) => family.includes(use.device)),
      ...family.flatMap((path) => holdersOf(path, known)),
    ],
    contents: await readContents(target, partitions, host.run),
    transports: await readTransports(target, host),
  };
}

/** Partitions of a multipath device hold it too; where they are targets themselves they are judged by themselves. */
function holdersOf(path: string, known: ReadonlySet<string>): readonly Use[] {
  return readRelatives(path, 'holders')
    .filter((holder) => !known.has(holder))
    .map((holder) => ({ kind: 'held', device: path, by: holder }));
}

async function readTransports(target: BlockDevice, host: Host): Promise<readonly string[]> {
  const isStacked = readRelatives(target.disk, 'slaves').length > 0;
  const below = isStacked ? (await listAncestry(host.run, target.disk)).flatMap((row) => row.transport ?? []) : [];
  const network = networkDevice.exec(kernelName(target.disk))?.[1];
  const own = [target.transport, network].filter((transport) => typeof transport === 'string');
  return [...new Set([...own, ...below, ...readNvmeTransports(target.disk)])];
}
