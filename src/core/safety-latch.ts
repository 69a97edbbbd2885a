import { SafetyLatchError } from '../errors/catalogue.ts';
import type { Effect } from './tool.ts';

/**
 * The safety latch: outside a ramdisk the agent may touch only the block devices that were named on the command line, and
 * nothing of the machine itself. It is asked before every program with an effect and before every open for writing.
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
}

/** Where a device path leads: its canonical path, and that of the whole disk when it is a partition. */
export interface ResolvedDevice {
  readonly path: string;
  readonly disk: string;
}

/** Reads /dev and /sys; throws when the path is no block device. Injected, so that the decision itself stays pure. */
export type ResolveDevice = (path: string) => ResolvedDevice;

const machineEffects = {
  power: 'change the power state of this machine',
  network: 'change the network interfaces of this machine',
  nvram: 'write the firmware variables of this machine',
  kernel: 'change kernel state of this machine',
} as const;

export function createSafetyLatch(settings: LatchSettings, resolve: ResolveDevice): SafetyLatch {
  const devices = settings.insideRamdisk ? [] : settings.devices.map((path) => resolve(path).path);
  const allowed = new Set(devices);
  return Object.freeze({
    open: settings.insideRamdisk,
    devices: Object.freeze(devices),
    permit(effect: Effect): void {
      if (settings.insideRamdisk || effect.kind === 'read') return;
      if (effect.kind !== 'device') {
        throw new SafetyLatchError(`refused to ${machineEffects[effect.kind]}: this agent does not run in a ramdisk`);
      }
      const { path, disk } = resolve(effect.device);
      if (allowed.has(path) || allowed.has(disk)) return;
      const named = devices.length > 0 ? devices.join(', ') : 'none';
      throw new SafetyLatchError(
        `refused to touch ${effect.device}: outside a ramdisk only devices named by --devices may be touched (named: ${named})`,
      );
    },
  });
}
