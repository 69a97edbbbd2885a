import { ImageChecksumError } from '../../errors/catalogue.ts';
import type { Attempt } from './transfer.ts';

/** The digest of all that was served, which is the expected one; throws ImageChecksumError, which says what of the disk is left. */
export async function checkDigest({ transfer, hash, object }: Attempt, left: string): Promise<string> {
  const { imageInfo, expected } = transfer;
  const digest = await hash.digest();
  if (digest === expected.hex) return digest;
  throw new ImageChecksumError(
    `image ${imageInfo.id} (${object.fetchedBytes} bytes fetched): expected ${expected.algorithm} ${expected.hex}, ` +
      `actual ${digest}; ${left}`,
  );
}
