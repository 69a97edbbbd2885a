import type { JobContext } from '../core/job-context.ts';
import { DeviceNotFoundError } from '../errors/catalogue.ts';
import { findRootDevice } from '../storage/root-device.ts';

/**
 * The disk to boot from: the one that an image was written to in this boot; after a restart of the machine in between, the root
 * device of the node. Throws DeviceNotFoundError when neither is known.
 */
export async function targetDisk(context: JobContext): Promise<string> {
  const written = await context.state.read('writtenImage');
  if (written !== null) return written.device;
  const node = await context.state.read('node');
  if (node !== null) return findRootDevice(await context.managers.listBlockDevices(context), node).device.path;
  throw new DeviceNotFoundError('neither a written image nor a node is known, so there is no disk to boot from');
}
