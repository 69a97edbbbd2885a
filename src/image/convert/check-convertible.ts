import { InvalidImageError } from '../../errors/catalogue.ts';
import { demand, HeaderError, type HeaderFile } from './header-bytes.ts';
import { vdiDiskBytes } from './vdi-header.ts';
import { vhdDiskBytes } from './vhd-header.ts';
import { vhdxDiskBytes } from './vhdx-header.ts';
import { vmdkDiskBytes } from './vmdk-header.ts';

/** Formats that qemu-img turns into raw for us. */
export type ConvertibleFormat = 'vmdk' | 'vhd' | 'vhdx' | 'vdi';

const diskBytesOf = { vmdk: vmdkDiskBytes, vhd: vhdDiskBytes, vhdx: vhdxDiskBytes, vdi: vdiDiskBytes };

/** True for a format that qemu-img may be given. */
export function isConvertible(format: string): format is ConvertibleFormat {
  return Object.hasOwn(diskBytesOf, format);
}

export interface ConversionAsk {
  readonly imageId: string;
  readonly format: ConvertibleFormat;
  /** Size of the disk that it is for. */
  readonly targetBytes: number;
}

/**
 * Looks at the headers of an image before any program does: it stands alone, names no other file and fits the disk. Reads a
 * few hundred KiB, so an image on a server with ranges can be asked before it is fetched. Gives the size of the disk in it.
 * Throws InvalidImageError.
 */
export async function checkConvertible(file: HeaderFile, ask: ConversionAsk): Promise<number> {
  const { imageId, format, targetBytes } = ask;
  try {
    const diskBytes = await diskBytesOf[format](file);
    demand(diskBytes > 0, 'has a disk of 0 bytes');
    demand(diskBytes <= targetBytes, `has a disk of ${diskBytes} bytes, more than the ${targetBytes} of the target`);
    return diskBytes;
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw new InvalidImageError(`image ${imageId} is a ${format} that ${error.message}; the disk was not touched`, {
      cause: error,
    });
  }
}
