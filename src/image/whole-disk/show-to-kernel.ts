import type { Host } from '../../core/job-context.ts';
import { isMapped } from '../../storage/mapped-device.ts';
import { updatePartitions } from '../../tools/partx-update.ts';
import { settle, udevRuns } from '../../tools/udevadm.ts';

/**
 * Makes the kernel know the partitions that an image has brought, and waits for their nodes. On the device mapper it knows none,
 * and a disk that is right must not fail for that. Throws ToolError.
 */
export async function showToKernel(path: string, { run, log }: Pick<Host, 'run' | 'log'>): Promise<void> {
  if (isMapped(path)) {
    log.info({ device: path }, 'the kernel knows no partitions on the device mapper');
    return;
  }
  await updatePartitions(run, path);
  if (udevRuns()) await settle(run);
  log.info({ device: path }, 'partitions made known to the kernel');
}
