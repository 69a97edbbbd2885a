import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SectorWrite } from '../../src/storage/partition/sector-write.ts';
import { gptImage } from './gpt-image.ts';

const MiB = 1024 * 1024;
const entryBytes = 128;
const entryCount = 128;

/** A partition as the tests name it, in sectors, both ends included. */
export interface TestPartition {
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly name?: string;
}

export interface SparseDiskOptions {
  readonly sizeBytes: number;
  readonly sectorBytes: number;
}

/** A disk of any size of which only what was written is in memory; the rest reads as zero. */
export class SparseDisk {
  readonly sizeBytes: number;
  readonly sectorBytes: number;
  readonly #sectors = new Map<number, Uint8Array>();

  constructor({ sizeBytes, sectorBytes }: SparseDiskOptions) {
    this.sizeBytes = sizeBytes;
    this.sectorBytes = sectorBytes;
  }

  readonly read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (offset < 0 || offset + length > this.sizeBytes)
      throw new Error(`read of ${offset}+${length} of ${this.sizeBytes}`);
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const sector = Math.floor((offset + at) / this.sectorBytes);
      const skip = offset + at - sector * this.sectorBytes;
      const count = Math.min(length - at, this.sectorBytes - skip);
      bytes.set(this.#sectors.get(sector)?.subarray(skip, skip + count) ?? [], at);
      at += count;
    }
    return bytes;
  };

  write({ offset, bytes }: SectorWrite): void {
    if (offset % this.sectorBytes !== 0 || bytes.length % this.sectorBytes !== 0) throw new Error('no whole sectors');
    if (offset + bytes.length > this.sizeBytes) throw new Error('beyond the disk');
    for (let at = 0; at < bytes.length; at += this.sectorBytes) {
      this.#sectors.set((offset + at) / this.sectorBytes, Uint8Array.from(bytes.subarray(at, at + this.sectorBytes)));
    }
  }
}

/** The first 64 KiB of a disk with a GPT whose backup is where an image of `imageSectors` has it. */
export function gptHead(partitions: readonly TestPartition[], sectorBytes: number, imageSectors: number): Buffer {
  const head = Buffer.from(gptImage({ sizeBytes: MiB, sectorBytes, random: false }).subarray(0, 64 * 1024));
  const table = Buffer.alloc(entryCount * entryBytes);
  for (const { number, first, last, name = `part ${number}` } of partitions) {
    const at = (number - 1) * entryBytes;
    randomBytes(32).copy(table, at);
    table.writeBigUInt64LE(BigInt(first), at + 32);
    table.writeBigUInt64LE(BigInt(last), at + 40);
    table.writeBigUInt64LE(BigInt(number % 3), at + 48);
    table.write(name, at + 56, 72, 'utf16le');
  }
  table.copy(head, 2 * sectorBytes);
  const tableSectors = table.length / sectorBytes;
  head.writeBigUInt64LE(BigInt(imageSectors - 1), sectorBytes + 32);
  head.writeBigUInt64LE(BigInt(imageSectors - 2 - tableSectors), sectorBytes + 48);
  head.writeUInt32LE(crc32(table), sectorBytes + 88);
  head.writeUInt32LE(0, sectorBytes + 16);
  head.writeUInt32LE(crc32(head.subarray(sectorBytes, sectorBytes + 92)), sectorBytes + 16);
  return head;
}

/** The first sector of a disk with an MBR. */
export function mbrHead(partitions: readonly TestPartition[], sectorBytes: number): Buffer {
  const head = Buffer.alloc(sectorBytes);
  head.writeUInt32LE(0x1234abcd, 440);
  for (const { number, first, last } of partitions) {
    const at = 446 + (number - 1) * 16;
    Buffer.from([number === 1 ? 0x80 : 0, 1, 2, 3, 0x83, 4, 5, 6]).copy(head, at);
    head.writeUInt32LE(first, at + 8);
    head.writeUInt32LE(last - first + 1, at + 12);
  }
  head.writeUInt16LE(0xaa55, 510);
  return head;
}
