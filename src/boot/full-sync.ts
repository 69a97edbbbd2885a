import type { JobContext } from '../core/job-context.ts';
import { flushDevice } from '../tools/blockdev-flush.ts';
import { syncFileSystems } from '../tools/sync.ts';
import { writeKernelControl } from '../tools/tee.ts';

/**
 * Brings everything that was written to the disks themselves: `sync`, then the clean page cache is dropped (so that what is
 * read next comes from the disk), then the buffers of every disk are flushed. Only a failing `sync` throws (ToolError); the
 * other two are best effort and said in the job log. Outside a ramdisk the cache of somebody else's machine is left alone.
 */
export async function fullSync(context: JobContext): Promise<void> {
  await syncFileSystems(context.run);
  if (context.latch.open) {
    await attempt(context, 'could not drop the page cache', {}, () => writeKernelControl(context.run, 'dropCaches'));
  } else {
    context.log.info({}, 'page cache not dropped: this agent does not run in a ramdisk');
  }
  await attempt(context, 'could not list the disks to flush', {}, async () => {
    for (const { path } of await context.managers.listBlockDevices(context)) {
      await attempt(context, 'could not flush a disk', { device: path }, () => flushDevice(context.run, path));
    }
  });
}

async function attempt(
  { log }: JobContext,
  failure: string,
  fields: Readonly<Record<string, unknown>>,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ ...fields, error }, failure);
  }
}
