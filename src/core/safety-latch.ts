import { SafetyLatchError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import type { Effect } from './tool.ts';

/**
 * The safety latch: outside a ramdisk the agent may touch only the block devices that were named on the command line, the
 * network interfaces of a network namespace that was made for it, and nothing of the machine itself. It is asked before every
 * program with an effect and before every open for writing.
 */
export interface SafetyLatch {
  /** True only in the ramdisk, where the machine is ours. */
  readonly open: boolean;
  /** The devices named by `--devices`, as canonical paths (`/dev/loop5`). */
  readonly devices: readonly string[];
  /** Throws SafetyLatchError unless the effect is permitted. */
  permit(effect: Effect): void;
}

export interface LatchSettings {
  readonly insideRamdisk: boolean;
  readonly devices: readonly string[];
  /** The network interfaces are those of a namespace of its own, not those of this machine. */
  readonly ownNetworkNamespace?: boolean;
}

/** Where a device path leads: its canonical path, and that of the whole disk when it is a partition. */
export interface ResolvedDevice {
  readonly path: string;
  readonly disk: string;
}

/** Reads /dev and /sys; throws when the path is no block device. Injected, so that the decision itself stays pure. */
export type ResolveDevice = (path: string) => ResolvedDevice;

const machineEffects: Readonly<Record<string, string>> = {
  power: 'change the power state of this machine',
  network: 'change the network interfaces of this machine',
  nvram: 'write the firmware variables of this machine',
  kernel: 'change kernel state of this machine',
};

/**
 * Made once, when the process starts; later changes of the settings do not reach it. Each path is resolved anew at every
 * question, because the node behind a name can change. Throws SafetyLatchError when a named device does not exist.
 */
export function createSafetyLatch(settings: LatchSettings, resolve: ResolveDevice): SafetyLatch {
  // Only the boolean opens it: a text such as 'false' from a careless caller does not.
  const open = settings.insideRamdisk === true;
  const ownsNetwork = settings.ownNetworkNamespace === true;
  const devices = open ? [] : settings.devices.map((path) => resolveOr(`cannot use ${path}`, path, resolve).path);
  const named = devices.length > 0 ? devices.join(', ') : 'none';
  return Object.freeze({
    open,
    devices: Object.freeze(devices),
    permit(effect: Effect): void {
      if (open || effect.kind === 'read') return;
      if (effect.kind === 'network' && ownsNetwork) return;
      if (effect.kind !== 'device') {
        const deed = machineEffects[effect.kind] ?? `do "${String(effect.kind)}"`;
        throw new SafetyLatchError(`refused to ${deed}: this agent does not run in a ramdisk`);
      }
      const refusal = `refused to touch ${effect.device}`;
      const { path, disk } = resolveOr(refusal, effect.device, resolve);
      if (devices.includes(path) || devices.includes(disk)) return;
      const identity = path === effect.device ? '' : `which is ${path}; `;
      throw new SafetyLatchError(
        `${refusal}: ${identity}outside a ramdisk only devices named by --devices may be touched (named: ${named})`,
      );
    },
  });
}

function resolveOr(refusal: string, path: string, resolve: ResolveDevice): ResolvedDevice {
  try {
    return resolve(path);
  } catch (error) {
    throw new SafetyLatchError(`${refusal}: ${errorText(error)}`, { cause: error });
  }
}
