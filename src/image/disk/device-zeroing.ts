import { basename } from 'node:path';
import type { Host } from '../../core/job-context.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { allocateAligned } from '../../storage/device-io/aligned-memory.ts';
import { type DiskTarget, readInto } from '../../storage/device-io/disk-target.ts';
import { writesZeroes } from '../../storage/writes-zeroes.ts';
import { zeroRange } from '../../tools/fallocate.ts';

/** Zeros made by the device itself, where it is able to. */
export interface DeviceZeroing {
  /**
   * Makes a range of whole sectors read as zero; false where the device cannot, or not fast enough: then the range holds
   * anything, and only writing helps.
   */
  zero(offset: number, length: number): Promise<boolean>;
}

/** A disk that writes its zeros slower than this has no better way than we have. Bytes per second. */
const leastRate = 1024 ** 3;
/** What is zeroed first, to see how fast it goes: a turning disk needs more than a second for it. */
const trialBytes = 256 * 1024 ** 2;
/** What starting a program may take, whatever the length, on a machine whose processors are busy with the image. */
const startSeconds = 0.5;
/** Places in each range that are read back. */
const probes = 8;
const probeBytes = 4096;

/**
 * Uses write-zeroes of the device, which the kernel announces. Never trusted blindly: some places of each range are read back, and one that is not zero ends it.
 */
export function deviceZeroing(
  target: DiskTarget,
  disk: string,
  host: Pick<Host, 'run' | 'log' | 'signal'>,
): DeviceZeroing {
  let able = writesZeroes(disk);
  let tried = false;
  const giveUp = (why: string): false => {
    able = false;
    host.log.info({ device: target.path, why }, 'zeros are written as data');
    return false;
  };
  if (!able) giveUp(`${basename(disk)} has no write-zeroes`);

  async function zeroTimed(offset: number, length: number): Promise<boolean> {
    const started = performance.now();
    try {
      await zeroRange(host.run, target.path, offset, length);
    } catch (error) {
      // A program that was ended by the abort says nothing about the device.
      host.signal.throwIfAborted();
      if (!(error instanceof ToolError)) throw error;
      return giveUp(error.message);
    }
    const seconds = (performance.now() - started) / 1000;
    if (length / leastRate < seconds - startSeconds) return giveUp(`${length} bytes took ${seconds.toFixed(1)} s`);
    const wrong = await findNonZeroProbe(target, offset, length);
    return wrong === null ? true : giveUp(`byte ${wrong} is not zero after it`);
  }

  return {
    async zero(offset, length) {
      if (!able) return false;
      const first = tried ? length : Math.min(length, trialBytes);
      tried = true;
      if (!(await zeroTimed(offset, first))) return false;
      return first === length || zeroTimed(offset + first, length - first);
    },
  };
}

async function findNonZeroProbe(target: DiskTarget, offset: number, length: number): Promise<number | null> {
  const bytes = allocateAligned(Math.min(probeBytes, length));
  const places = Math.floor((length - bytes.length) / target.sectorBytes);
  for (let probe = 0; probe < probes; probe += 1) {
    const at = offset + Math.floor((places * probe) / (probes - 1)) * target.sectorBytes;
    await readInto(target, bytes, at);
    const found = bytes.findIndex((byte) => byte !== 0);
    if (found >= 0) return at + found;
  }
  return null;
}
