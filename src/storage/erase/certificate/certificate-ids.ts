import type { MachineErasure } from '../device-erasure.ts';
import { fileWord } from './plain-text.ts';

/** Ids of all certificates of one run: the same for the same run, and no two alike. */
export interface CertificateIds {
  readonly host: string;
  /** In the order of the devices of the run. */
  readonly disks: readonly string[];
}

export function certificateIds({ runId, devices }: Pick<MachineErasure, 'runId' | 'devices'>): CertificateIds {
  const run = fileWord(runId, 64);
  const names = devices.map(({ device }) => fileWord(device.path.replace(/^\/dev\//, ''), 40));
  return {
    host: `erase-${run}-host`,
    disks: names.map((name, index) =>
      names.indexOf(name) === index ? `erase-${run}-disk-${name}` : `erase-${run}-disk-${name}-${index}`,
    ),
  };
}
