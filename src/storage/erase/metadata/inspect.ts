import type { RunTool } from '../../../core/tool.ts';
import { probe } from '../../../tools/blkid.ts';
import { listSignatures } from '../../../tools/wipefs.ts';
import type { DiskTarget } from '../../device-io/disk-target.ts';
import { readPartitions } from '../../sysfs.ts';
import type { Check } from '../method.ts';
import { type MetadataErase, plannedBytes } from './metadata-plan.ts';
import { findNonZero } from './zero-ranges.ts';

/**
 * Looks whether a disk looks new: all that was planned reads back as zero, libblkid knows nothing on the disk nor where its
 * partitions were, and the kernel has no partitions of it. Throws DeviceReadError, ToolError.
 */
export async function inspectMetadata(
  target: DiskTarget,
  plan: readonly MetadataErase[],
  run: RunTool,
): Promise<readonly Check[]> {
  const partitions = readPartitions(target.path);
  return [
    await checkSignatures(target.path, plan, run),
    await checkZeros(target, plan),
    {
      name: 'partitions',
      passed: partitions.length === 0,
      detail:
        partitions.length === 0 ? 'the kernel has no partitions' : `the kernel still has ${partitions.join(', ')}`,
    },
  ];
}

async function checkZeros(target: DiskTarget, plan: readonly MetadataErase[]): Promise<Check> {
  const name = 'read-back';
  for (const { zero } of plan) {
    const offset = await findNonZero(target, zero);
    if (offset === null) continue;
    return { name, passed: false, detail: `byte ${offset} was written as zero and reads back otherwise` };
  }
  const places = plan.reduce((sum, { zero }) => sum + zero.length, 0);
  return { name, passed: true, detail: `${plannedBytes(plan)} bytes in ${places} places read back as zero` };
}

async function checkSignatures(path: string, plan: readonly MetadataErase[], run: RunTool): Promise<Check> {
  const name = 'signatures';
  const [left] = await listSignatures(run, path);
  if (left) {
    return { name, passed: false, detail: `a signature is left: ${left.type} at byte ${left.offsetBytes}` };
  }
  const partitions = plan.filter(({ region }) => region.start > 0);
  for (const { name: where, region } of partitions) {
    const found = await probe(run, path, region.start, region.end - region.start);
    if (found.kind === 'nothing') continue;
    const what =
      found.kind === 'found' ? (found.tags.TYPE ?? found.tags.PTTYPE ?? 'something') : 'contradicting things';
    const detail = `a signature is left: ${what} in what was ${where} (byte ${region.start})`;
    return { name, passed: false, detail };
  }
  const places = partitions.length === 0 ? 'the disk' : `the disk and where it had ${partitions.length} partitions`;
  return { name, passed: true, detail: `libblkid finds nothing on ${places}` };
}
