import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { InvalidImageError } from '../../src/errors/catalogue.ts';
import {
  type ConversionAsk,
  type ConvertibleFormat,
  checkConvertible,
} from '../../src/image/convert/check-convertible.ts';
import { makeImage } from './converted-image.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const mib = 1 << 20;
/** What all images hold. */
export const disk = Buffer.alloc(4 * mib);
randomBytes(mib).copy(disk, 512);

/** Images of `disk` by the real qemu-img. */
export const bases = (() => {
  using dir = temporaryDirectory();
  const make = (driver: string, options: string): Buffer => makeImage(dir.path, disk, { driver, options });
  return {
    vmdk: make('vmdk', 'subformat=monolithicSparse'),
    stream: make('vmdk', 'subformat=streamOptimized'),
    vhd: make('vpc', 'subformat=dynamic,force_size=on'),
    fixed: make('vpc', 'subformat=fixed,force_size=on'),
    vhdx: make('vhdx', 'subformat=dynamic'),
    vdi: make('vdi', 'static=off'),
  };
})();

export const formatOf = (base: keyof typeof bases): ConvertibleFormat =>
  (({ vmdk: 'vmdk', stream: 'vmdk', vhd: 'vhd', fixed: 'vhd', vhdx: 'vhdx', vdi: 'vdi' }) as const)[base];

/** Changes an image in place, or gives another. */
export type Change = (image: Buffer) => Buffer | undefined;

export const u8 =
  (at: number, value: number): Change =>
  (image) =>
    void image.writeUInt8(value, at);
export const u32 =
  (at: number, value: number): Change =>
  (image) =>
    void image.writeUInt32LE(value, at);
export const u64 =
  (at: number, value: bigint): Change =>
  (image) =>
    void image.writeBigUInt64LE(value, at);
export const cut =
  (length: number): Change =>
  (image) =>
    image.subarray(0, length);

/** Rewrites the text of the descriptor of a VMDK. */
export const descriptor =
  (from: string | RegExp, to: string): Change =>
  (image) => {
    const area = image.subarray(512, 512 + 20 * 512);
    const before = area.toString('latin1').replace(/\0+$/, '');
    const after = before.replace(from, to);
    assert.notEqual(after, before, 'the descriptor changed');
    area.fill(0).write(after, 'latin1');
  };

/** Changes a footer or header of a VHD and makes its checksum right again, as an attacker would. */
export const vhd =
  (start: number, length: number, sumAt: number, change: (part: Buffer) => void): Change =>
  (image) => {
    const part = image.subarray(start < 0 ? image.length + start : start).subarray(0, length);
    change(part);
    part.writeUInt32BE(0, sumAt);
    part.writeUInt32BE(~part.reduce((sum, byte) => sum + byte, 0) >>> 0, sumAt);
  };
export const footer = (change: (part: Buffer) => void): Change => vhd(0, 512, 64, change);
export const dynamicHeader = (change: (part: Buffer) => void): Change => vhd(512, 1024, 36, change);

/** Changes the entry of a VHDX table, or what it points to. */
export const item =
  (guid: string, change: (image: Buffer, entry: number, metadata: number) => void): Change =>
  (image) => {
    const metadata = image.indexOf('metadata', 0, 'latin1');
    change(image, image.indexOf(Buffer.from(guid, 'hex'), metadata), metadata);
  };
export const fileParameters = '3767a1ca36fa434db3b633f0aa44e76b';
export const diskSize = '2442a52f1bcd7648b2115dbed83bf4b8';
export const sectorSize = '1dbf41816fa90947ba47f233a8faab5f';
export const parentLocator = Buffer.from('2d5fd3a80bb34d45abf7d3d84834ab0c', 'hex');

/** A VMDK whose header refers to a footer, as VMware streams them; `spoil` makes the footer wrong. */
export const withFooter =
  (spoil: (footer: Buffer) => void): Change =>
  (image) => {
    const tail = Buffer.alloc(3 * 512);
    tail.writeBigUInt64LE(1n, 0);
    tail.writeUInt32LE(3, 12);
    image.copy(tail, 512, 0, 512);
    image.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 56);
    spoil(tail);
    return Buffer.concat([image, tail]);
  };

export const changed = (base: keyof typeof bases, change: Change): Buffer => {
  const image = Buffer.from(bases[base]);
  return change(image) ?? image;
};

export const fileOf = (image: Buffer) => ({
  sizeBytes: image.length,
  readAt: async (offset: number, length: number) => image.subarray(offset, offset + length),
});

export const ask = (format: ConvertibleFormat): ConversionAsk => ({ imageId: 'i', format, targetBytes: 64 * mib });

/** What is changed in which image, what it is called, and what the refusal says of it. */
export type HeaderCase = readonly [keyof typeof bases, string, Change, string];

/** Expects that the changed image is refused by its headers alone. */
export async function refusesHeaders([base, , change, says]: HeaderCase): Promise<void> {
  const format = formatOf(base);
  await assert.rejects(checkConvertible(fileOf(changed(base, change)), ask(format)), (error: Error) => {
    assert.ok(error instanceof InvalidImageError, String(error));
    assert.ok(error.message.includes(`image i is a ${format} that `), error.message);
    assert.ok(error.message.includes(says), `${error.message} does not say: ${says}`);
    assert.match(error.message, /; the disk was not touched$/);
    return true;
  });
}
