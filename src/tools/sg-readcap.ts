import type { RunTool, ToolNeed } from '../core/tool.ts';
import { askSg } from './sg-answer.ts';

export const need: ToolNeed = { program: 'sg_readcap', package: 'sg3-utils' };

/** READ CAPACITY (16), which all disks of more than 2 TiB and all with protection or provisioning have. */
function readcapArgs(device: string): readonly string[] {
  return ['--long', device];
}

/** SBC-4 5.20: how a disk is formatted. */
export interface ScsiCapacity {
  readonly blocks: number;
  readonly blockBytes: number;
  /** Protection information: type 1 to 3, and intervals in a block as a power of two; null without. */
  readonly protection: { readonly type: number; readonly intervalExponent: number } | null;
  /** LBPME, LBPRZ: it can unmap blocks, and those read as zero. */
  readonly zerosWhenUnmapped: boolean;
}

/** Throws on an unknown answer, and on one of a disk without blocks. */
export function parseCapacity(stdout: string): ScsiCapacity {
  const number = (pattern: RegExp): number => {
    const [, digits] = pattern.exec(stdout) ?? [];
    if (digits === undefined) throw new Error(`sg_readcap gave an unknown answer: ${stdout.slice(0, 300)}`);
    return Number(digits);
  };
  const blocks = number(/Number of logical blocks=(\d+)/);
  const blockBytes = number(/Logical block length=(\d+) bytes/);
  if (blockBytes === 0) throw new Error('the disk says that its blocks have 0 bytes');
  const isProtected = number(/prot_en=(\d)/) === 1;
  const protection = { type: number(/p_type=(\d)/) + 1, intervalExponent: number(/p_i_exponent=(\d+)/) };
  const zerosWhenUnmapped = number(/lbpme=(\d)/) === 1 && number(/lbprz=(\d)/) === 1;
  return { blocks, blockBytes, protection: isProtected ? protection : null, zerosWhenUnmapped };
}

/** Throws ToolError where the disk does not answer, or is not ready. */
export async function readCapacity(run: RunTool, device: string): Promise<ScsiCapacity> {
  const call = { program: need.program, args: readcapArgs(device), effect: { kind: 'read' } } as const;
  return parseCapacity((await askSg(run, call)).stdout);
}
