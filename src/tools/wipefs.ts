import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'wipefs', package: 'util-linux' };

/** Something that libblkid recognises on a device: a file system, a RAID or LVM member, a partition table. */
export interface Signature {
  readonly offsetBytes: number;
  /** `ext4`, `gpt`, `PMBR`, `dos`, `linux_raid_member`, `LVM2_member`, `gfs2`, ... */
  readonly type: string;
  readonly label: string | null;
}

export function listArgs(device: string): readonly string[] {
  return ['--no-act', '--json', device];
}

/** `--force` also where the kernel still knows partitions: a plain wipefs would leave the table alone. */
function eraseArgs(device: string): readonly string[] {
  return ['--all', '--force', device];
}

/** Throws on an unknown shape. An empty answer means that there is none. */
export function parseSignatures(stdout: string): readonly Signature[] {
  if (stdout.trim() === '') return [];
  const { signatures } = JSON.parse(stdout) as { readonly signatures?: unknown };
  if (!Array.isArray(signatures)) throw new Error(`wipefs gave no signatures: ${stdout.slice(0, 200)}`);
  return signatures.map((entry: Readonly<Record<string, unknown>>) => {
    const offsetBytes = Number(entry.offset);
    if (!Number.isSafeInteger(offsetBytes) || typeof entry.type !== 'string') {
      throw new Error(`wipefs gave a signature without offset or type: ${JSON.stringify(entry)}`);
    }
    return { offsetBytes, type: entry.type, label: typeof entry.label === 'string' ? entry.label : null };
  });
}

/** Every signature on the device, also those that a later one hides. */
export async function listSignatures(run: RunTool, device: string): Promise<readonly Signature[]> {
  const { stdout } = await run({ program: need.program, args: listArgs(device), effect: { kind: 'read' } });
  return parseSignatures(stdout);
}

export async function eraseSignatures(run: RunTool, device: string): Promise<void> {
  await run({ program: need.program, args: eraseArgs(device), effect: { kind: 'device', device } });
}
