import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StepContext } from '../core/job-context.ts';
import { CommandExecutionError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { ToolError } from '../errors/tool-error.ts';
import { type GpuVerdict, parseVerdicts, program, runGpuBurn } from '../tools/gpu-burn.ts';
import type { GpuOptions } from './burn-in-options.ts';
import { runTimed } from './timed-run.ts';

/**
 * Lets all GPUs calculate for a time, and compares. Throws CommandExecutionError: before anything begins where gpu_burn is not
 * there, and at the end for a GPU that was wrong, or for another number of GPUs than wanted.
 */
export async function burnGpus(options: GpuOptions, context: StepContext): Promise<void> {
  const { installDir, memory, timeoutSeconds, count } = options;
  await requireGpuBurn(installDir);
  if (!context.latch.open) await requireOwn(installDir);
  const verdicts = await runTimed(timeoutSeconds, context, async () => {
    const text = await runGpuBurn({ installDir, memory, timeoutSeconds }, context).catch((error: unknown) => {
      if (!(error instanceof ToolError) || error.exitCode === null) throw error;
      throw new CommandExecutionError(`burn-in of GPUs failed: ${error.message}`, { cause: error });
    });
    return parseVerdicts(text);
  });
  context.log.info({ gpus: verdicts }, 'burn-in is over');
  assertAllGood(verdicts, count);
}

/**
 * Outside a ramdisk the machine has other users: what runs as root there must be what nobody else can replace, with every
 * directory on its way. Throws CommandExecutionError.
 */
async function requireOwn(installDir: string): Promise<void> {
  for (const start of [installDir, path.join(installDir, program)]) {
    let place = await realpath(start);
    for (let last = ''; place !== last; last = place, place = path.dirname(place)) {
      const { uid, mode } = await stat(place);
      const isSticky = (mode & constants.S_IFMT) === constants.S_IFDIR && (mode & 0o1000) !== 0;
      if (uid === process.geteuid?.() && ((mode & 0o022) === 0 || isSticky)) continue;
      const found = `mode ${(mode & 0o7777).toString(8)} of user ${uid}`;
      throw new CommandExecutionError(
        `${program} is not run outside a ramdisk: ${place}: expected that only this user can write to it, found ${found}`,
      );
    }
  }
}

/** Pure. */
function assertAllGood(verdicts: readonly GpuVerdict[], count: number | null): void {
  const faulty = verdicts.filter(({ isFaulty }) => isFaulty).map(({ gpu }) => gpu);
  const problems = [
    ...(faulty.length > 0 ? [`faulty GPUs: ${faulty.join(', ')}`] : []),
    ...(verdicts.length === 0 ? [`${program} ended without a word about any GPU`] : []),
    ...(count !== null && verdicts.length !== count ? [`expected ${count} GPUs, ${verdicts.length} were tested`] : []),
  ];
  if (problems.length > 0) throw new CommandExecutionError(`burn-in of GPUs failed: ${problems.join('; ')}`);
}

async function requireGpuBurn(installDir: string): Promise<void> {
  const file = path.join(installDir, program);
  await access(file, constants.X_OK).catch((error: unknown) => {
    const hint = `it is no package of Debian and belongs into driver_info.agent_burnin_gpu_install_dir (${installDir})`;
    throw new CommandExecutionError(`${program} cannot be run: ${errorText(error)}; ${hint}; nothing was started`, {
      cause: error,
    });
  });
}
