import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../core/config.ts';

/** Where a machine is told that it is being rescued. */
export interface RescuePlace {
  readonly passwordFile: string;
  /** While it exists, this machine is in the hands of its user: no agent serves on it. */
  readonly marker: string;
}

const passwordName = 'ipa-rescue-password';
const markerName = '.rescued';

/** The places that a ramdisk for ironic-python-agent looks at: a unit of it makes the user `rescue` when the password appears. */
const ramdiskPlace: RescuePlace = {
  passwordFile: `/etc/ipa-rescue-config/${passwordName}`,
  marker: `/etc/${markerName}`,
};

/** `rescue_dir` where it is given, else that of the ramdisk; null outside of one, where accounts are not ours to change. */
export function rescuePlace({
  rescueDir,
  insideRamdisk,
}: Pick<Config, 'rescueDir' | 'insideRamdisk'>): RescuePlace | null {
  if (rescueDir !== null) {
    return { passwordFile: path.join(rescueDir, passwordName), marker: path.join(rescueDir, markerName) };
  }
  return insideRamdisk ? ramdiskPlace : null;
}

/** The marker that says that this machine was rescued before the agent was started; null where there is none. */
export function rescuedMarker(config: Pick<Config, 'rescueDir' | 'insideRamdisk'>): string | null {
  const place = rescuePlace(config);
  return place && existsSync(place.marker) ? place.marker : null;
}
