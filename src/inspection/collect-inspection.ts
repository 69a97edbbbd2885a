import type { JobContext } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { redactText } from '../log/redact.ts';
import { chosenCollectors } from './chosen-collectors.ts';
import type { Collector } from './collector.ts';

/** What an inspection posts: the fields of its collectors, and what went wrong. */
export interface InspectionData {
  readonly [field: string]: unknown;
  /** null or a text with a line for each collector that failed. Ironic takes any text here for a failed inspection. */
  readonly error: string | null;
}

/**
 * Runs the configured collectors side by side, each within its own time. One that fails, hangs or does not exist goes into
 * `error`, and what the others found is there all the same.
 */
export async function collectInspection(
  context: JobContext,
  catalogue: ReadonlyMap<string, Collector>,
): Promise<InspectionData> {
  const outcomes = await Promise.all(
    chosenCollectors(context.config).map(async (name) => {
      const collector = catalogue.get(name);
      const started = performance.now();
      try {
        if (!collector) throw new Error(`no such collector; expected one of ${[...catalogue.keys()].join(', ')}`);
        const fields = await within(collector.limitSeconds(context.config), context, collector.collect);
        context.log.info({ collector: name, milliseconds: Math.round(performance.now() - started) }, 'collected');
        return { fields, failures: [] };
      } catch (error) {
        context.signal.throwIfAborted();
        context.log.warn({ collector: name, err: errorText(error) }, 'collector failed');
        return { fields: {}, failures: [`collector ${name} failed: ${errorText(error)}`] };
      }
    }),
  );
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  const fields: Record<string, unknown> = Object.assign({}, ...outcomes.map((outcome) => outcome.fields));
  return { ...fields, error: failures.length > 0 ? errorList(failures) : null };
}

/** In the words of ironic-python-agent, which some rules look for; secrets masked, since it is shown as `last_error`. */
function errorList(failures: readonly string[]): string {
  return redactText(
    ['The following errors were encountered:', ...failures.map((failure) => `* ${failure}`)].join('\n'),
  );
}

/** The context of a collector ends with its time: its programs are killed, and nobody waits for what does not heed that. */
async function within<T>(
  seconds: number,
  context: JobContext,
  collect: (context: JobContext) => Promise<T>,
): Promise<T> {
  context.signal.throwIfAborted();
  const limit = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`not done within ${seconds} s`);
    late.reject(error);
    limit.abort(error);
  }, seconds * 1000);
  const aborted = (): void => late.reject(context.signal.reason);
  context.signal.addEventListener('abort', aborted);
  try {
    const run: JobContext['run'] = (call) =>
      context.run({ ...call, signal: call.signal ? AbortSignal.any([call.signal, signal]) : signal });
    return await Promise.race([collect({ ...context, signal, run }), late.promise]);
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener('abort', aborted);
  }
}
