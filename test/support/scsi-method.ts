import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Host } from '../../src/core/job-context.ts';
import type { DiskTarget } from '../../src/storage/device-io/disk-target.ts';
import type { ScsiProbe } from '../../src/storage/erase/disk-probe.ts';
import type { EraseTarget, MethodContext, MethodProgress, MethodRecord } from '../../src/storage/erase/method.ts';
import type { ScsiPatience } from '../../src/storage/erase/methods/scsi/watch.ts';
import { makeDisk } from './make-block-device.ts';
import { memoryCheckpoint } from './memory-checkpoint.ts';
import { eraseOptions } from './overwritten-disk.ts';
import { silentHost } from './silent-host.ts';
import type { SimulatedScsi } from './simulated-scsi.ts';

/** What a simulated disk makes one wait, with a question every millisecond. */
export const shortPatience: ScsiPatience = { awaySeconds: 0.3, stallSeconds: 0.3, silentSeconds: 0.3, calmAnswers: 3 };

export const wholeScsiProbe: ScsiProbe = {
  kind: 'scsi',
  sanitize: { crypto: true, block: true, overwrite: true },
  formatUnit: true,
  zerosAfterDiscard: true,
};

export interface ScsiMethodContext extends MethodContext {
  readonly reports: readonly MethodProgress[];
}

export interface ScsiContextFields {
  readonly host?: Host;
  readonly record?: MethodRecord;
  readonly signal?: AbortSignal;
  readonly readBack?: 'sample' | 'full';
}

/** What a method gets whose disk is a simulated one. */
export function scsiContext(drive: SimulatedScsi, fields: ScsiContextFields = {}): ScsiMethodContext {
  const host = fields.host ?? silentHost();
  const reports: MethodProgress[] = [];
  return {
    ...host,
    run: async (call) => {
      if (fields.host) host.latch.permit(call.effect);
      return await drive.run(call);
    },
    signal: fields.signal ?? host.signal,
    options: eraseOptions(fields.readBack ? { readBack: fields.readBack } : {}),
    record: fields.record ?? memoryCheckpoint(),
    report: (progress) => void reports.push(progress),
    pollMilliseconds: 1,
    reports,
  };
}

/** A disk without a byte: for what happens before anybody reads it. */
export function bytelessTarget(path = '/dev/sda'): EraseTarget {
  const target = { path, sizeBytes: 0, sectorBytes: 512 } as DiskTarget;
  return { disk: { device: makeDisk(path, { transport: 'sas' }), partitions: [], probe: wholeScsiProbe }, target };
}

/** What a disk writes over itself: noise where a key is changed, zeros else. */
export async function eraseDevice(path: string, sizeBytes: number, action: string): Promise<void> {
  const piece = Buffer.alloc(1024 * 1024);
  if (action === 'crypto') crypto.getRandomValues(piece.subarray(0, 65536));
  await using device = await open(path, constants.O_WRONLY | constants.O_SYNC);
  for (let offset = 0; offset < sizeBytes; offset += piece.length) {
    if (action === 'crypto') piece.copyWithin(65536, 0, 65536 * 15);
    await device.write(piece, 0, Math.min(piece.length, sizeBytes - offset), offset);
  }
}
