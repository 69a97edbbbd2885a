import { execFileSync, spawnSync } from 'node:child_process';

/** What the programs of a machine see in a part of a disk. */
export interface Recognised {
  /** Types, by wipefs: every signature, and each type once. */
  readonly signatures: readonly string[];
  /** TYPE or PTTYPE, by blkid; null for none, `ambivalent` for several. */
  readonly type: string | null;
  /** Version of an md superblock, by mdadm --examine; null for none. */
  readonly md: string | null;
}

export const nothing: Recognised = { signatures: [], type: null, md: null };

/** Looks at a part of a file as if it were a disk of its own (a read-only loop device), whatever the kernel knows of it. */
export function recognise(
  file: string,
  part: { readonly start: number; readonly end: number; readonly sectorBytes: number },
): Recognised {
  const { start, end, sectorBytes } = part;
  const flags = ['--offset', String(start), '--sizelimit', String(end - start), '--sector-size', String(sectorBytes)];
  const path = run('losetup', ['--read-only', '--find', '--show', ...flags, file]).stdout.trim();
  try {
    return recogniseDevice(path);
  } finally {
    execFileSync('losetup', ['--detach', path]);
  }
}

export function recogniseDevice(path: string): Recognised {
  const signatures = run('wipefs', ['--no-act', '--noheadings', '--output', 'TYPE', path]).stdout.split('\n');
  const blkid = run('blkid', ['--probe', '--output', 'export', path]);
  const type = /^(?:PT)?TYPE=(.*)$/m.exec(blkid.stdout)?.[1] ?? null;
  const md = run('mdadm', ['--examine', path]).stdout;
  return {
    signatures: [...new Set(signatures.map((line) => line.trim()).filter(Boolean))],
    type: blkid.status === 8 ? 'ambivalent' : type,
    md: /^\s*Version : (.*)$/m.exec(md)?.[1] ?? null,
  };
}

function run(program: string, args: readonly string[]): { readonly stdout: string; readonly status: number | null } {
  const { stdout, status, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  return { stdout, status };
}
