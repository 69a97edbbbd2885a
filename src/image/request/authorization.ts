import type { Config } from '../../core/config.ts';
import { ImageDownloadError } from '../../errors/catalogue.ts';
import { basicAuthorization } from '../http/basic-authorization.ts';
import type { ImageInfo } from './image-info.ts';

/** The Authorization value for the image server, or null; throws ImageDownloadError where it is not complete. */
export function imageAuthorization(image: ImageInfo, config: Config): string | null {
  const { auth } = image;
  if (auth.authorization !== null) return decoded(auth.authorization, image.id);
  if ((auth.strategy ?? config.imageServerAuthStrategy) !== 'http_basic') return null;
  const user = auth.user ?? config.imageServerUser;
  const password = auth.password ?? config.imageServerPassword;
  if (!user || !password) {
    throw new ImageDownloadError(
      `Download of image ${image.id} failed: http_basic needs image_server_user and image_server_password`,
    );
  }
  return basicAuthorization(user, password);
}

function decoded(base64: string, id: string): string {
  const value = Buffer.from(base64, 'base64').toString('latin1');
  // A line break in it would let whoever wrote it send headers of their own.
  if (/^[\x20-\x7e\xa0-\xff]+$/.test(value)) return value;
  throw new ImageDownloadError(`Download of image ${id} failed: image_request_authorization is no base64 of a header`);
}
