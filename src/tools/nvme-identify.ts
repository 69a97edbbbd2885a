import type { RunTool, ToolNeed } from '../core/tool.ts';
import { numberOf, objectOf, parseObject, textOf } from './nvme-answer.ts';

export const need: ToolNeed = { program: 'nvme', package: 'nvme-cli' };

/** Identify Controller (NVM Express Base Specification 2.0, figure 275), the fields that matter for an erase; bits as they are. */
export interface NvmeController {
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  readonly oacs: number;
  readonly fna: number;
  readonly sanicap: number;
  readonly cmic: number;
  /** NN: the highest namespace ID that can be. */
  readonly nn: number;
}

/** Identify Namespace (NVM Command Set Specification 1.0, figure 97), the fields that matter for an erase; bits as they are. */
export interface NvmeNamespace {
  /** In blocks. */
  readonly size: number;
  readonly blockBytes: number;
  /** FLBAS: format index in use. */
  readonly lbaFormat: number;
  /** FLBAS bit 4: metadata lies behind each block, not apart. */
  readonly extendedMetadata: boolean;
  /** DPS bits 2:0: type of protection information, 0 for none. */
  readonly protectionType: number;
  /** DPS bit 3: protection information is first, not last. */
  readonly protectionFirst: boolean;
  /** FPI: percent of a format that are left; null where the drive does not tell. */
  readonly formatPercentLeft: number | null;
  /** DLFEAT bits 2:0 = 1: a deallocated block reads as zeros. */
  readonly zerosAfterDiscard: boolean;
  readonly rescap: number;
}

function identifyArgs(what: 'id-ctrl' | 'id-ns', device: string): readonly string[] {
  return [what, device, '--output-format=json'];
}

/** Throws on an unknown shape. */
export function parseController(stdout: string): NvmeController {
  const answer = parseObject('id-ctrl', stdout);
  const number = (key: string): number => numberOf('id-ctrl', answer, key);
  return {
    serial: textOf('id-ctrl', answer, 'sn'),
    model: textOf('id-ctrl', answer, 'mn'),
    firmware: textOf('id-ctrl', answer, 'fr'),
    oacs: number('oacs'),
    fna: number('fna'),
    sanicap: number('sanicap'),
    cmic: number('cmic'),
    nn: number('nn'),
  };
}

/** Throws on an unknown shape, and for a namespace without blocks: one that is not there is answered with zeros. */
export function parseNamespace(stdout: string): NvmeNamespace {
  const answer = parseObject('id-ns', stdout);
  const number = (key: string): number => numberOf('id-ns', answer, key);
  const flbas = number('flbas');
  const lbaFormat = (flbas & 0xf) | (number('nlbaf') > 15 ? (flbas & 0x60) >> 1 : 0);
  const formats = answer['lbafs'];
  const format = Array.isArray(formats) ? formats[lbaFormat] : undefined;
  if (format === undefined) throw new Error(`nvme id-ns gave no format ${lbaFormat}, which is in use`);
  const size = number('nsze');
  const shift = numberOf('id-ns', objectOf('id-ns', format), 'ds');
  if (size === 0 || shift < 9) throw new Error(`nvme id-ns speaks of ${size} blocks of 2^${shift} bytes`);
  const [fpi, dps] = [number('fpi'), number('dps')];
  return {
    size,
    blockBytes: 2 ** shift,
    lbaFormat,
    extendedMetadata: (flbas & 0x10) !== 0,
    protectionType: dps & 0x7,
    protectionFirst: (dps & 0x8) !== 0,
    formatPercentLeft: (fpi & 0x80) === 0 ? null : fpi & 0x7f,
    zerosAfterDiscard: (number('dlfeat') & 0x7) === 1,
    rescap: number('rescap'),
  };
}

/** Of the controller behind a namespace; by its block device, so that no other one can be meant. */
export async function readNvmeController(run: RunTool, device: string): Promise<NvmeController> {
  const args = identifyArgs('id-ctrl', device);
  const { stdout } = await run({ program: need.program, args, effect: { kind: 'read' } });
  return parseController(stdout);
}

export async function readNvmeNamespace(run: RunTool, device: string): Promise<NvmeNamespace> {
  const args = identifyArgs('id-ns', device);
  const { stdout } = await run({ program: need.program, args, effect: { kind: 'read' } });
  return parseNamespace(stdout);
}
