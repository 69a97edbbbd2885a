import type { RunTool, ToolNeed } from '../core/tool.ts';
import type { NvmeNamespace } from './nvme-identify.ts';

export const need: ToolNeed = { program: 'nvme', package: 'nvme-cli' };

export type FormatErase = 'user-data' | 'crypto';

/** SES, bits 11:9 of dword 10; 0 would erase nothing. */
const secureErase: Readonly<Record<FormatErase, number>> = { 'user-data': 1, crypto: 2 };

export interface NvmeFormat {
  readonly device: string;
  readonly erase: FormatErase;
  /** 0xffffffff for all. */
  readonly namespaceId: number;
  /** What the namespace looks like now; it stays so. */
  readonly keep: Pick<NvmeNamespace, 'lbaFormat' | 'extendedMetadata' | 'protectionType' | 'protectionFirst'>;
  readonly timeoutSeconds: number;
}

/** Dword 10 of Format NVM (NVM Express Base Specification 2.0, figure 189). */
export function formatDword10({ erase, keep }: Pick<NvmeFormat, 'erase' | 'keep'>): number {
  return (
    (keep.lbaFormat & 0xf) |
    (keep.extendedMetadata ? 1 << 4 : 0) |
    (keep.protectionType << 5) |
    (keep.protectionFirst ? 1 << 8 : 0) |
    (secureErase[erase] << 9) |
    ((keep.lbaFormat >> 4) << 12)
  );
}

/**
 * Format NVM as a passthrough command: `nvme format` 2.3 takes `--timeout` and does not hand it on (seen in what it sends), and
 * then the kernel gives up after its 60 s for admin commands and resets the drive in the middle of the erase.
 */
export function formatArgs(format: NvmeFormat): readonly string[] {
  return [
    'admin-passthru',
    format.device,
    '--opcode=0x80',
    `--namespace-id=${format.namespaceId}`,
    `--cdw10=0x${formatDword10(format).toString(16)}`,
    `--timeout=${format.timeoutSeconds * 1000}`,
  ];
}

/** Resolves when the format has ended: the kernel waits for it. Throws ToolError. */
export async function formatNvme(run: RunTool, format: NvmeFormat): Promise<void> {
  await run({
    program: need.program,
    args: formatArgs(format),
    effect: { kind: 'device', device: format.device },
    // The kernel gives up first, and then there is an answer.
    timeoutSeconds: format.timeoutSeconds + 300,
  });
}
