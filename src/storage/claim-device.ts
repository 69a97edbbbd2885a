import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockDevice } from '../core/block-device.ts';
import type { Host } from '../core/job-context.ts';
import { errorText, hasErrorCode } from '../errors/guards.ts';
import { deviceNumber, resolveNumber } from '../tools/device-name.ts';
import { readIdentity } from './list-block-devices.ts';
import { findOtherWriters, findWriters } from './other-writers.ts';

/** The device could not be had for oneself, or is no longer the one that was meant; nothing was written. */
export class DeviceClaimError extends Error {
  override readonly name = 'DeviceClaimError';
}

/** A device that nobody else can claim, mount or build upon until it is closed. */
export interface ClaimedDevice extends AsyncDisposable {
  readonly device: BlockDevice;
  /** Open for reading and writing. */
  readonly handle: FileHandle;
  close(): Promise<void>;
}

export interface ClaimOptions {
  /** Past the page cache (O_DIRECT): buffers, offsets and lengths must be multiples of the logical sector. */
  readonly direct?: boolean;
  /** How long to wait for another process that has the device open for writing. Default: 60 000. */
  readonly othersPatienceMilliseconds?: number;
  /** How long to wait for a process that has the device to itself without writing: one that looks whether it is free. Default: 500. */
  readonly lookersPatienceMilliseconds?: number;
}

/**
 * Opens a device for writing with O_EXCL (open(2): of two jobs, and of a job and a mount, only one gets it) and makes sure, on
 * the open descriptor, that it is the device that was meant. Throws SafetyLatchError, DeviceClaimError.
 */
export async function claimDevice(device: BlockDevice, host: Host, options: ClaimOptions = {}): Promise<ClaimedDevice> {
  host.latch.permit({ kind: 'device', device: device.path });
  const handle = await openExclusively(device, host.signal, options);
  try {
    await checkNumber(handle, device);
    await awaitOtherWriters(device, host, options.othersPatienceMilliseconds ?? usualPatienceMilliseconds);
    // Once more, now that the node cannot be exchanged any more.
    host.latch.permit({ kind: 'device', device: device.path });
    const differences = findDifferences(device, await readIdentity(host, device.path));
    if (differences.length > 0) {
      throw new DeviceClaimError(`${device.path} is not the device that was meant: ${differences.join(', ')}`);
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  const close = async (): Promise<void> => handle.close();
  return { device, handle, close, [Symbol.asyncDispose]: close };
}

/** Who only looks whether a disk is free (exclusive-use.ts) has it to himself for a moment, and does not open it for writing. */
const usualLookersPatienceMilliseconds = 500;

async function openExclusively(
  device: BlockDevice,
  signal: AbortSignal,
  { direct, lookersPatienceMilliseconds: patience = usualLookersPatienceMilliseconds }: ClaimOptions,
): Promise<FileHandle> {
  const { O_RDWR, O_EXCL, O_NOFOLLOW, O_DIRECT } = constants;
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await open(device.path, O_RDWR | O_EXCL | O_NOFOLLOW | (direct ? O_DIRECT : 0));
    } catch (error) {
      const isBusy = hasErrorCode(error, 'EBUSY') && !signal.aborted && performance.now() < deadline;
      // Another job that writes is not waited for: what it wrote would be written over.
      if (!isBusy || findWriters(device).length > 0) {
        throw new DeviceClaimError(`cannot open ${device.path} for writing: ${reasonOf(error)}`, { cause: error });
      }
    }
    await sleep(lookAgainMilliseconds);
  }
}

function reasonOf(error: unknown): string {
  if (!hasErrorCode(error, 'EBUSY')) return errorText(error);
  return 'it is in use (mounted, part of an array or volume, or claimed by another job)';
}

async function checkNumber(handle: FileHandle, device: BlockDevice): Promise<void> {
  const stats = await handle.stat({ bigint: true });
  const opened = stats.isBlockDevice() ? resolveNumber(deviceNumber(stats.rdev)) : null;
  if (opened?.path !== device.path || opened.disk !== device.disk) {
    throw new DeviceClaimError(`${device.path} is not a node of that device but of ${opened?.path ?? 'none'}`);
  }
}

/** A program that was killed may keep the kernel busy so long. */
const usualPatienceMilliseconds = 60_000;
const lookAgainMilliseconds = 100;

/** Of this device a killed run may have left a program behind that the kernel still works for. */
async function awaitOtherWriters(device: BlockDevice, { signal, log }: Host, patience: number): Promise<void> {
  const deadline = performance.now() + patience;
  for (let first = true; ; first = false) {
    signal.throwIfAborted();
    const [writer] = findOtherWriters(device);
    if (!writer) return;
    const who = `process ${writer.pid} (${writer.program}) has ${writer.device} open for writing`;
    if (performance.now() > deadline) throw new DeviceClaimError(`cannot have ${device.path} alone: ${who}`);
    if (first) log.warn({ claimed: device.path, ...writer }, 'waiting for another process to close the device');
    await sleep(lookAgainMilliseconds);
  }
}

const identifying = ['kind', 'sizeBytes', 'logicalSectorBytes', 'serial', 'wwn', 'diskSequence'] as const;

/** What tells the device found from the device meant, in words; empty when they are the same. */
function findDifferences(meant: BlockDevice, found: BlockDevice): readonly string[] {
  return identifying
    .filter((field) => meant[field] !== undefined && meant[field] !== found[field])
    .map((field) => `${field} was ${String(meant[field])} and is ${String(found[field])}`);
}
