import type { Host } from '../../../core/job-context.ts';
import { dropPartitions } from '../../../tools/partx.ts';
import { eraseSignatures } from '../../../tools/wipefs.ts';
import { type DiskTarget, flush } from '../../device-io/disk-target.ts';
import { readPartitions } from '../../sysfs.ts';
import type { MetadataErase } from './metadata-plan.ts';
import { zeroRanges } from './zero-ranges.ts';

export interface WalkOptions {
  /** Actions that a former process has done and flushed. Default: 0. */
  readonly done?: number;
  /** Called with the number of actions that are flushed. */
  onAction?(done: number): void;
  onBytes?(bytes: number): void;
}

/**
 * Walks the plan: zeros, the signatures that lie elsewhere, and the kernel forgets what partitions it still has. Doing it twice is
 * harmless. Throws DeviceWriteError, ToolError, SafetyLatchError, or the reason of the signal.
 */
export async function walkMetadataPlan(
  target: DiskTarget,
  plan: readonly MetadataErase[],
  host: Host,
  { done = 0, onAction, onBytes }: WalkOptions = {},
): Promise<void> {
  for (const [index, { zero }] of plan.entries()) {
    if (index < done) continue;
    await zeroRanges(target, zero, { signal: host.signal, ...(onBytes && { onBytes }) });
    onAction?.(index + 1);
  }
  host.signal.throwIfAborted();
  await eraseSignatures(host.run, target.path);
  await flush(target);
  if (readPartitions(target.path).length > 0) await dropPartitions(host.run, target.path);
}
