import type { StepContext } from '../core/job-context.ts';
import { type NetworkPass, need, networkPassArgs, runFio } from '../tools/fio.ts';
import type { FioJob } from '../tools/fio-report.ts';
import type { NetworkOptions } from './burn-in-options.ts';
import { assertNoFailure } from './fio-failure.ts';
import { openOutputFile } from './output-file.ts';
import { receive } from './receive-from-partner.ts';
import { requireProgram } from './require-program.ts';

const usualRetryMilliseconds = 5000;

/**
 * Sends to the partner for a time, and receives from it for a time, in the order of the role; the partner does the opposite. Waits
 * for it as long as it takes. Throws CommandExecutionError: before anything begins where fio is not installed or an output file
 * cannot be written, and where a connection failed.
 */
export async function burnNetwork(
  options: NetworkOptions,
  context: StepContext,
  retryMilliseconds = usualRetryMilliseconds,
): Promise<void> {
  const { role, partner, runtimeSeconds, outputFile } = options;
  await requireProgram(context.run, need);
  const fileOf = (suffix: string): string | null => (outputFile === null ? null : `${outputFile}.${suffix}`);
  await using writerOutput = await openOutputFile(fileOf('writer'), context);
  await using readerOutput = await openOutputFile(fileOf('reader'), context);
  const directions: readonly Direction[] = role === 'writer' ? ['write', 'read'] : ['read', 'write'];
  for (const direction of directions) {
    context.report({ phase: `wait for ${partner} (${direction})`, done: 0, total: null });
    const report = reporter(direction, options, context);
    const outcome =
      direction === 'write'
        ? await runFio(
            { args: networkPassArgs({ kind: 'write', runtimeSeconds, partner }), effect: { kind: 'read' } },
            context,
            report,
          )
        : await receive({ partner, retryMilliseconds, report }, context);
    const summary = { pass: direction, partner, ...totals(direction, outcome.jobs) };
    context.log.info(summary, 'a direction of the network burn-in is over');
    await (direction === 'write' ? writerOutput : readerOutput).write(`${JSON.stringify(summary, null, 2)}\n`);
    assertNoFailure(`burn-in of the network, ${words[direction]} ${partner},`, outcome);
  }
}

type Direction = NetworkPass['kind'];

const words = { write: 'sending to', read: 'receiving from' } as const;

/** Counts the seconds from the first byte on; before it, the partner is waited for. */
function reporter(direction: Direction, { partner, runtimeSeconds: total }: NetworkOptions, context: StepContext) {
  let begun: number | null = null;
  return (jobs: readonly FioJob[]): void => {
    if (totals(direction, jobs).bytes === 0) return;
    begun ??= performance.now();
    const seconds = Math.floor((performance.now() - begun) / 1000);
    context.report({ phase: `${words[direction]} ${partner}`, done: Math.min(seconds, total), total });
  };
}

function totals(direction: Direction, jobs: readonly FioJob[]) {
  const all = jobs.map((job) => job[direction]);
  return {
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    bytes_per_second: all.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0),
  };
}
