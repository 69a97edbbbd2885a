import type { RunTool, ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';

export const need: ToolNeed = { program: 'qemu-img', package: 'qemu-utils' };

/** The driver and its options that read a format: what it is has been decided before, qemu-img never guesses. */
export const drivers = {
  vmdk: 'driver=vmdk',
  // What the disk says of its size, not the geometry that some creators' disks would be rounded to.
  vhd: 'driver=vpc,force_size_calc=current_size',
  vhdx: 'driver=vhdx',
  vdi: 'driver=vdi',
} as const;

export interface Conversion {
  readonly format: keyof typeof drivers;
  /** A file of ours. */
  readonly source: string;
  /** A file of ours that has the size of the disk already and holds nothing. */
  readonly target: string;
  /** Size of the disk: no file may grow beyond. */
  readonly sizeBytes: number;
  readonly memoryLimitMib: number;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/** A name that is a file and nothing else: no protocol, no json:, no further option after a comma. */
const plainFile = (name: string): string => `file.driver=file,file.filename=${name.replaceAll(',', ',,')}`;

/** qemu-img(1), convert; with --image-opts in place of -f and -O. */
export function convertArgs({ format, source, target }: Conversion): readonly string[] {
  return [
    'convert',
    '--image-opts',
    `${drivers[format]},${plainFile(source)}`,
    '-n',
    '--target-is-zero',
    '--target-image-opts',
    `driver=raw,${plainFile(target)}`,
  ];
}

/**
 * The image is hostile until proven otherwise: bounded memory and file size, no core, and root without any of its powers.
 * prlimit(1), setpriv(1). Each replaces itself by the next, so that the death of the worker still kills the last.
 */
export function confine(conversion: Conversion): { readonly program: string; readonly args: readonly string[] } {
  const limits = [`--as=${conversion.memoryLimitMib * 1024 * 1024}`, `--fsize=${conversion.sizeBytes}`, '--core=0'];
  const powerless = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'];
  // Every arena of malloc takes 128 MiB of the address space.
  const environment = ['env', 'MALLOC_ARENA_MAX=3'];
  return {
    program: 'prlimit',
    args: [...limits, '--', ...powerless, ...environment, need.program, ...convertArgs(conversion)],
  };
}

/** Throws ToolError where qemu-img is not installed; asked before anything is fetched. */
export async function requireQemuImg(run: RunTool): Promise<void> {
  await run({ program: need.program, args: ['--version'], effect: { kind: 'read' } });
}

/** Writes a file only, never a device. Throws ToolError. */
export async function convertToFile(run: RunTool, conversion: Conversion): Promise<void> {
  const { timeoutSeconds, signal } = conversion;
  await run({ ...confine(conversion), effect: { kind: 'read' }, timeoutSeconds, ...(signal ? { signal } : {}) });
}

/** True for failures that may pass: memory or threads that were not there at the moment. */
export function lackedResources(error: unknown): boolean {
  return (
    error instanceof ToolError &&
    /cannot allocate memory|resource temporarily unavailable|failed to allocate/i.test(error.stderrTail)
  );
}

/** True where a file system was full. */
export function lackedSpace(error: ToolError): boolean {
  return /no space left on device/i.test(error.stderrTail);
}
