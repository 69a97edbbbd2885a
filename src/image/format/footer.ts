import { InvalidImageError } from '../../errors/catalogue.ts';

/** So many last bytes of an image tell whether it has a footer. */
export const footerBytes = 1024;

/** Magics by distance from the end: VHD 1.0 (and its 511-byte footers of old), VMDK streamOptimized, Apple UDIF. */
const footers = [
  { name: 'vhd', magic: 'conectix', fromEnd: 512 },
  { name: 'vhd', magic: 'conectix', fromEnd: 511 },
  { name: 'vmdk', magic: 'KDMV', fromEnd: 1024 },
  { name: 'dmg', magic: 'koly', fromEnd: 512 },
];

/** The format whose footer ends the bytes; null where none does. */
export function findFooter(last: Uint8Array): string | null {
  const tail = Buffer.from(last.buffer, last.byteOffset, last.byteLength);
  const found = footers.find(({ magic, fromEnd }) => {
    const start = tail.length - fromEnd;
    return start >= 0 && tail.subarray(start, start + magic.length).equals(Buffer.from(magic, 'latin1'));
  });
  return found?.name ?? null;
}

/**
 * Refuses what began like a raw disk and ends like another format: a VHD of fixed size, above all. `last` holds the last
 * `footerBytes` of the image or more (all of a smaller one). Throws InvalidImageError; by then the disk has been written to,
 * its first MiB has not.
 */
export function refuseFooter(last: Uint8Array, imageId: string): void {
  const found = findFooter(last);
  if (found === null) return;
  throw new InvalidImageError(
    `image ${imageId} begins like raw and ends with a footer of ${found}; the first MiB of the disk was not written`,
  );
}
