import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'nvme', package: 'nvme-cli' };

export type SanitizeAction = 'crypto' | 'block' | 'overwrite';

const actions: Readonly<Record<SanitizeAction, number>> = { block: 2, overwrite: 3, crypto: 4 };

/** One pass of zeros: nvme wants the count and the pattern only with an overwrite. */
const overwriteOnce = ['--owpass=1', '--ovrpat=0'] as const;

/**
 * Two things are left out on purpose. `--ause`: without it a sanitize that fails leaves the drive refusing everything but another
 * sanitize, so that nobody can go on with data that are still there. `--no-dealloc`: drives may refuse it (SANICAP.NDI), and
 * those that take it are left without a single free block.
 */
export function sanitizeArgs(device: string, action: SanitizeAction, hasForce: boolean): readonly string[] {
  return [
    'sanitize',
    device,
    `--sanact=${actions[action]}`,
    ...(action === 'overwrite' ? overwriteOnce : []),
    ...(hasForce ? ['--force'] : []),
  ];
}

/** Dword 10 that the command carries, and that the log tells afterwards (SANACT in bits 2:0, OWPASS in bits 7:4). */
export function sanitizeDword10(action: SanitizeAction): number {
  return action === 'overwrite' ? actions.overwrite | (1 << 4) : actions[action];
}

/**
 * Begins a sanitize of the whole subsystem; it has not ended when this resolves. `device` is one of its namespaces, which the
 * caller holds open alone: nvme 2.4 and later refuse that without `--force`, and earlier ones do not know the option. `nvme
 * sanitize --help` exits with 1. Throws ToolError.
 */
export async function startNvmeSanitize(run: RunTool, device: string, action: SanitizeAction): Promise<void> {
  const { program } = need;
  const help = await run({ program, args: ['sanitize', '--help'], okExitCodes: [0, 1], effect: { kind: 'read' } });
  const hasForce = /--force\b/.test(help.stdout + help.stderr);
  await run({
    program,
    args: sanitizeArgs(device, action, hasForce),
    effect: { kind: 'device', device },
    timeoutSeconds: 300,
  });
}
