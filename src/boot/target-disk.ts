import type { JobContext } from '../core/job-context.ts';
import { DeviceNotFoundError } from '../errors/catalogue.ts';

/** The disk that the image was written to in this boot; throws DeviceNotFoundError when none was. */
export async function targetDisk({ state }: Pick<JobContext, 'state'>): Promise<string> {
  const written = await state.read('writtenImage');
  if (written !== null) return written.device;
  throw new DeviceNotFoundError(
    'no image was written since this machine was started, so there is no disk to boot from',
  );
}
