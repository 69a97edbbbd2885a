import type { MachineErasure } from '../device-erasure.ts';
import { fileWord } from './plain-text.ts';

/** Ids of all certificates of one run: the same for the same run, no two alike, and short enough for a name in an archive. */
export interface CertificateIds {
  readonly host: string;
  /** In the order of the devices of the run. */
  readonly disks: readonly string[];
}

export function certificateIds({ runId, devices }: Pick<MachineErasure, 'runId' | 'devices'>): CertificateIds {
  const run = fileWord(runId, 40);
  const word = (path: string): string => fileWord(path.replace(/^\/dev\//, ''), 36);
  return {
    host: `erase-${run}-host`,
    disks: devices.map(({ device }, index) => `erase-${run}-disk${index + 1}-${word(device.path)}`),
  };
}
