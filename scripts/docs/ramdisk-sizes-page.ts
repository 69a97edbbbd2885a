import { readFileSync } from 'node:fs';
import { type RecordedSizes, sizesFile } from '../../ramdisk/build/record-sizes.ts';
import { pageHead, table } from './markdown.ts';

/** docs/ramdisk-sizes.md */
export function ramdiskSizesPage(): string {
  return renderRamdiskSizes(JSON.parse(readFileSync(sizesFile, 'utf8')) as Record<string, RecordedSizes>);
}

export function renderRamdiskSizes(all: Readonly<Record<string, RecordedSizes>>): string {
  const head = ['Ramdisk', 'Compression', 'Kernel', 'Initramfs', 'Together', 'Unpacked'];
  const rows = Object.entries(all).map(([name, { compression, kernelBytes, initramfsBytes, unpackedBytes }]) => [
    name,
    compression,
    ...[kernelBytes, initramfsBytes, kernelBytes + initramfsBytes, unpackedBytes].map(megabytes),
  ]);
  return `${pageHead('Sizes of the ramdisk', 'docs/ramdisk-sizes.json')}
Sizes in MB (10^6 bytes), written by \`npm run ramdisk -- --record-sizes\`. A release is compressed with zstd -19; zstd -1 is what
\`--fast\` makes for tests.

${table(head, rows)}

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
