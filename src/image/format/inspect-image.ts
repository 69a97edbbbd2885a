import { InvalidImageError } from '../../errors/catalogue.ts';
import { type Finding, findMagics } from './magics.ts';

export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** `raw` includes disks with a GPT or MBR; `iso` is written as it is; the last four are converted. */
export type DiskFormat = 'raw' | 'iso' | 'qcow2' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi';

export interface DiskForm {
  readonly kind: 'disk';
  readonly format: DiskFormat;
}

export type ImageForm = DiskForm | { readonly kind: 'compressed'; readonly compression: Compression };

/** What the image is meant to be. */
export interface Inspection {
  readonly imageId: string;
  /** `disk_format` of Ironic, in any case; null, empty and `unknown` take what is found. */
  readonly diskFormat: string | null;
  /** Formats that may be written, in the words of Ironic; compression is none. */
  readonly permitted: readonly string[];
  /** False trusts `diskFormat` where it is given; permission is asked all the same. */
  readonly deep: boolean;
}

const diskFormats: readonly string[] = ['raw', 'iso', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'];

/**
 * Says what the bytes as served are, from the first of them (4 MiB, or all if there are fewer), and refuses whatever is more
 * than one thing, not what Ironic says, not permitted, or not to be written. Nobody after this guesses a format. Throws
 * InvalidImageError.
 */
export function inspectImage(first: Uint8Array, ask: Inspection): ImageForm {
  const findings = inspectable(first, ask);
  const compression = findings.find(({ kind }) => kind === 'compression');
  if (!compression) return diskForm(findings, ask, '');
  if (ask.deep) refuseSeveral(findings, ask, '');
  saidFormat(ask);
  return { kind: 'compressed', compression: compression.name as Compression };
}

/** The same for the first bytes that came out of a decompressor: what is compressed twice is refused. */
export function inspectUnpacked(first: Uint8Array, ask: Inspection, compression: Compression): DiskForm {
  const findings = inspectable(first, ask);
  const inside = ` inside ${compression}`;
  const again = findings.find(({ kind }) => kind === 'compression');
  if (again) throw refusal(ask, `is compressed twice (${again.name}${inside})`);
  return diskForm(findings, ask, inside);
}

function inspectable(first: Uint8Array, ask: Inspection): readonly Finding[] {
  if (first.length === 0) throw refusal(ask, 'is empty');
  return findMagics(first);
}

function diskForm(findings: readonly Finding[], ask: Inspection, inside: string): DiskForm {
  const said = saidFormat(ask);
  const format = said !== null && !ask.deep ? said : foundFormat(findings, said, ask, inside);
  const permitted = new Set(ask.permitted.map((name) => name.toLowerCase()));
  if (permitted.has(format) || (format === 'raw' && permitted.has('gpt'))) return { kind: 'disk', format };
  throw refusal(ask, `is ${format}${inside}, permitted are ${ask.permitted.join(', ') || 'none'}`);
}

function foundFormat(
  findings: readonly Finding[],
  said: DiskFormat | null,
  ask: Inspection,
  inside: string,
): DiskFormat {
  refuseSeveral(findings, ask, inside);
  const finding = findings.find(({ kind }) => kind !== 'table');
  if (finding?.kind === 'unwritable') throw refusal(ask, `is ${finding.name}${inside}, which cannot be written`);
  const found = (finding?.name ?? 'raw') as DiskFormat;
  // A VHD of fixed size begins like the disk that is in it; its footer is looked at before it is converted.
  if (said === null || said === found || (said === 'vhd' && found === 'raw')) return said ?? found;
  throw refusal(ask, `is ${found}${inside} by its first bytes, disk_format is ${ask.diskFormat}`);
}

/** A partition table belongs to a raw disk and to a hybrid ISO; beside anything else it is a second face. */
function refuseSeveral(findings: readonly Finding[], ask: Inspection, inside: string): void {
  const others = findings.filter(({ kind }) => kind !== 'table');
  const [only] = others;
  const faces = others.length === 1 && only?.name !== 'iso' ? findings.filter((face) => !isChance(face, only)) : others;
  if (faces.length > 1) {
    throw refusal(ask, `is several things at once${inside}: ${faces.map(({ name }) => name).join(' and ')}`);
  }
}

/** Of 65536 compressed images one has the two bytes of an MBR in that place. */
function isChance({ name }: Finding, other: Finding | undefined): boolean {
  return name === 'mbr' && other?.kind === 'compression';
}

/** null where Ironic does not say. */
function saidFormat(ask: Inspection): DiskFormat | null {
  const said = ask.diskFormat?.toLowerCase() ?? '';
  if (said === '' || said === 'unknown') return null;
  // What Glance's inspector calls a raw disk that begins with a partition table.
  if (said === 'gpt') return 'raw';
  if (diskFormats.includes(said)) return said as DiskFormat;
  throw refusal(ask, `has disk_format ${ask.diskFormat}, which cannot be written (only ${diskFormats.join(', ')})`);
}

function refusal({ imageId }: Inspection, what: string): Error {
  return new InvalidImageError(`image ${imageId} ${what}; the disk was not touched`);
}
