import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'mkfs.vfat', package: 'dosfstools' };

export interface FatSize {
  readonly sizeBytes: number;
  readonly sectorBytes: number;
}

/** Clusters of one sector that FAT32 has at least (65,525), and room for its tables: Microsoft's fatgen103, page 15. */
const fat32Sectors = 66_560;

/** FAT32, which UEFI wants (2.10, section 13.3), where the device has clusters enough for it; else what fits. */
export function fatArgs(device: string, label: string, { sizeBytes, sectorBytes }: FatSize): readonly string[] {
  const width = sizeBytes / sectorBytes >= fat32Sectors ? ['-F', '32'] : [];
  return [...width, '-n', label, device];
}

/** Makes a FAT file system with a label (at most 11 bytes) on a device of the given size. */
export async function makeFat(run: RunTool, device: string, label: string, size: FatSize): Promise<void> {
  await run({ program: need.program, args: fatArgs(device, label, size), effect: { kind: 'device', device } });
}
