import type { StepContext } from '../core/job-context.ts';
import { CommandExecutionError } from '../errors/catalogue.ts';
import { ToolError } from '../errors/tool-error.ts';
import { need, runStress, type Stressor } from '../tools/stress-ng.ts';
import type { StressOptions } from './burn-in-options.ts';
import { openOutputFile } from './output-file.ts';
import { requireProgram } from './require-program.ts';
import { runTimed } from './timed-run.ts';

const parts = { cpu: 'processors', vm: 'memory' } as const;

/**
 * Puts a part of the machine under stress for a time. Throws CommandExecutionError, before anything begins where stress-ng is not
 * installed or the output file cannot be written, and at the end where something did not verify.
 */
export async function burnByStress(
  stressor: Stressor,
  { timeoutSeconds, outputFile }: Pick<StressOptions, 'timeoutSeconds' | 'outputFile'>,
  context: StepContext,
): Promise<void> {
  await requireProgram(context.run, need);
  await using output = await openOutputFile(outputFile, context);
  const part = parts[stressor.kind];
  try {
    const { text, metrics } = await runTimed(timeoutSeconds, context, () =>
      runStress(context.run, stressor, timeoutSeconds),
    );
    await output.write(text);
    const { bogoOperations, seconds } = metrics ?? { bogoOperations: null, seconds: null };
    context.log.info({ stressor: stressor.kind, bogo_ops: bogoOperations, seconds }, 'burn-in is over');
  } catch (error) {
    if (!(error instanceof ToolError) || error.exitCode === null) throw error;
    await output.write(error.stderrTail);
    throw new CommandExecutionError(`burn-in of ${part} failed: ${error.message}`, { cause: error });
  }
}
