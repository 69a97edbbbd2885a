import { ToolError } from '../errors/tool-error.ts';

/** What brings a program under the rules that hold for all of them. */
export const wrapper = 'setpriv';

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Nothing of our environment, no directory of ours kept busy. */
export const surroundings = { env: { PATH: searchPath, LC_ALL: 'C' }, cwd: '/' } as const;

/** Of standard error only the end is kept. */
export const stderrTailBytes = 4096;

interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** How a program ended. */
export interface Ending {
  /** null when it was killed or never started. */
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Why it did not end by itself. */
  readonly interrupted?: { readonly why: string; readonly cause?: unknown } | undefined;
}

/**
 * The kernel kills the program when its worker dies, also by kill -9: otherwise it would go on writing to a disk that the next
 * worker already has in hand. PR_SET_PDEATHSIG, prctl(2); it survives execve but is not inherited by grandchildren.
 */
export function wrap({ program, args }: Command): string[] {
  return ['--pdeathsig', 'KILL', '--', program, ...args];
}

/** The error that an ending is; null for a good one. `debianPackage` is named where the program is missing. */
export function failureOf(
  command: Command,
  ending: Ending,
  okExitCodes: readonly number[] = [0],
  debianPackage?: string,
): ToolError | null {
  const { exitCode, stderr, interrupted } = ending;
  const error = (why: string): ToolError =>
    new ToolError(command, { exitCode, why, stderrTail: stderr.trim() }, { cause: interrupted?.cause });
  if (interrupted) return error(interrupted.why);
  if (stderr.startsWith(`${wrapper}: failed to execute ${command.program}:`)) {
    const bringer = debianPackage ? `Debian package ${debianPackage}; ` : '';
    const why = `${command.program} is not installed (${bringer}looked in ${searchPath})`;
    return new ToolError(command, { exitCode: null, why, stderrTail: '' });
  }
  return okExitCodes.includes(exitCode ?? -1) ? null : error(`exit code ${exitCode}`);
}
