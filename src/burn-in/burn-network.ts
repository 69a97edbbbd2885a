import { setTimeout as sleep } from 'node:timers/promises';
import type { StepContext } from '../core/job-context.ts';
import { type FioOutcome, type NetworkPass, need, networkPassArgs, runFio } from '../tools/fio.ts';
import type { FioJob } from '../tools/fio-report.ts';
import type { NetworkOptions } from './burn-in-options.ts';
import { assertNoFailure } from './fio-failure.ts';
import { openOutputFile } from './output-file.ts';
import { requireProgram } from './require-program.ts';

const usualRetryMilliseconds = 5000;

/** errno(3): the partner does not listen yet, or is not there yet. */
const notThere: readonly number[] = [101, 110, 111, 112, 113];

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
  const kinds: readonly NetworkPass['kind'][] = role === 'writer' ? ['write', 'read'] : ['read', 'write'];
  for (const kind of kinds) {
    const pass: NetworkPass = kind === 'write' ? { kind, runtimeSeconds, partner } : { kind, partner };
    const outcome = await untilPartnerIsThere(pass, options, context, retryMilliseconds);
    const summary = { pass: kind, partner, ...totals(kind, outcome.jobs) };
    context.log.info(summary, 'a direction of the network burn-in is over');
    await (kind === 'write' ? writerOutput : readerOutput).write(`${JSON.stringify(summary, null, 2)}\n`);
    assertNoFailure(`burn-in of the network, ${words[kind]} ${partner},`, outcome);
  }
}

const words = { write: 'sending to', read: 'receiving from' } as const;

async function untilPartnerIsThere(
  pass: NetworkPass,
  { partner, runtimeSeconds: total }: NetworkOptions,
  context: StepContext,
  retryMilliseconds: number,
): Promise<FioOutcome> {
  const wait = (): void => context.report({ phase: `wait for ${partner} (${pass.kind})`, done: 0, total: null });
  for (;;) {
    wait();
    let begun: number | null = null;
    const report = (jobs: readonly FioJob[]): void => {
      if (totals(pass.kind, jobs).bytes === 0) return;
      begun ??= performance.now();
      const seconds = Math.floor((performance.now() - begun) / 1000);
      context.report({ phase: `${words[pass.kind]} ${partner}`, done: Math.min(seconds, total), total });
    };
    const outcome = await runFio({ args: networkPassArgs(pass), effect: { kind: 'read' } }, context, report);
    if (!isPartnerMissing(pass, outcome)) return outcome;
    context.log.info({ partner }, 'the partner does not listen yet');
    await sleep(retryMilliseconds, undefined, { signal: context.signal }).catch(() => undefined);
    context.signal.throwIfAborted();
  }
}

function isPartnerMissing({ kind }: NetworkPass, { jobs, failure }: FioOutcome): boolean {
  if (kind === 'write' || failure === null || jobs.length === 0) return false;
  return totals(kind, jobs).bytes === 0 && jobs.every(({ error }) => notThere.includes(error));
}

function totals(kind: NetworkPass['kind'], jobs: readonly FioJob[]) {
  const all = jobs.map((job) => job[kind]);
  return {
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    bytes_per_second: all.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0),
  };
}
