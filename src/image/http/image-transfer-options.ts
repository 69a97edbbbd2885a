import type { JobContext } from '../../core/job-context.ts';
import { imageAuthorization } from '../request/authorization.ts';
import type { ImageInfo } from '../request/image-info.ts';
import { configuredOptions } from './configured-options.ts';
import type { RemoteOptions } from './remote-options.ts';

/**
 * The options for whatever an image_info has addresses of: image, checksum file, config drive. Throws ImageDownloadError where
 * the credentials are not complete, TransferError where an option is not valid.
 */
export function imageTransferOptions(
  imageInfo: ImageInfo,
  context: Pick<JobContext, 'config' | 'signal' | 'log'>,
): RemoteOptions {
  return {
    ...configuredOptions(context),
    proxies: imageInfo.proxies,
    noProxy: imageInfo.noProxy,
    authorization: imageAuthorization(imageInfo, context.config),
  };
}
