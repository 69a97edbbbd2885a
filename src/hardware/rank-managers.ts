import type { HardwareManager } from '../core/hardware-manager.ts';

export interface RankedManager {
  readonly manager: HardwareManager;
  readonly support: number;
}

/** The best first; equals by name, so that the order is the same on every machine. Those without support are left out. */
export function rankManagers(managers: readonly RankedManager[]): readonly HardwareManager[] {
  return managers
    .filter(({ support }) => support > 0)
    .sort((a, b) => b.support - a.support || (a.manager.name < b.manager.name ? -1 : 1))
    .map(({ manager }) => manager);
}
