import { readFileSync } from 'node:fs';
import { type RecordedSizes, sizesFile } from '../../ramdisk/build/record-sizes.ts';
import { pageHead, table } from './markdown.ts';
import { type BootTimes, readBootTimes, renderBootTimes } from './ramdisk-boot-times.ts';

/** docs/ramdisk-sizes.md */
export function ramdiskSizesPage(): string {
  const sizes = JSON.parse(readFileSync(sizesFile, 'utf8')) as Record<string, RecordedSizes>;
  return renderRamdiskSizes(sizes, readBootTimes());
}

export function renderRamdiskSizes(
  all: Readonly<Record<string, RecordedSizes>>,
  bootTimes: Readonly<Record<string, BootTimes>>,
): string {
  const head = ['Ramdisk', 'Compression', 'Kernel', 'Initramfs', 'Together', 'Unpacked'];
  const rows = Object.entries(all).map(([name, { compression, kernelBytes, initramfsBytes, unpackedBytes }]) => [
    name,
    compression,
    ...[kernelBytes, initramfsBytes, kernelBytes + initramfsBytes, unpackedBytes].map(megabytes),
  ]);
  return `${pageHead('Sizes and boot times of the ramdisk', 'docs/ramdisk-sizes.json and docs/ramdisk-boot-times.json')}
Sizes in MB (10^6 bytes), written by \`npm run ramdisk -- --record-sizes\`. A release is compressed with zstd -19; zstd -1 is what
\`--fast\` makes for tests.

${table(head, rows)}

${renderBootTimes(bootTimes)}

${Object.entries(all).map(partsOf).join('\n\n')}
`;
}

function partsOf([name, { segments, largest }]: [string, RecordedSizes]): string {
  const rows = segments.map((each) => [each.name, megabytes(each.bytes), megabytes(each.packedBytes)]);
  const packages = largest.map((each) => [`\`${each.name}\``, megabytes(each.bytes)]);
  return `## ${name}

${table(['Segment', 'Unpacked', 'Packed'], rows)}

The largest packages, in what of them is in the ramdisk:

${table(['Package', 'Unpacked'], packages)}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
