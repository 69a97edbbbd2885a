import { inspectMetadata } from '../metadata/inspect.ts';
import { type MetadataErase, planMetadataErase, plannedBytes } from '../metadata/metadata-plan.ts';
import { type MetadataProgress, readRecord } from '../metadata/metadata-record.ts';
import { surveyMetadata } from '../metadata/survey.ts';
import { walkMetadataPlan } from '../metadata/walk-plan.ts';
import type { EraseMethod, EraseTarget, MethodContext } from '../method.ts';
import { asMethodError } from './as-method-error.ts';

/** Some seeks and some MiB. */
const usualSeconds = 5;

/**
 * Removes what makes a disk look used, on every partition that a table tells of and on the disk: see planMetadataErase. The data
 * stays, so this is no sanitization at all. Goes on where a former process stopped, and may be run again over what is done.
 */
export const metadata: EraseMethod = {
  name: 'metadata',
  replay: 'resume',
  cancellable: true,
  supports: () => ({ kind: 'supported', how: 'every disk that can be written has it' }),
  estimate: () => usualSeconds,
  sanitization: () => null,
  reach: ({ device }) => [device.path],

  async run({ disk, target }, context) {
    try {
      const { plan, done } = await beginOrGoOn({ disk, target }, context);
      const total = plannedBytes(plan);
      let written = plannedBytes(plan.slice(0, done));
      const save = (next: number): void =>
        context.record.save({ sizeBytes: target.sizeBytes, plan, done: next } satisfies MetadataProgress);
      save(done);
      await walkMetadataPlan(target, plan, context, {
        done,
        onAction: save,
        onBytes(bytes) {
          written += bytes;
          context.report({ phase: 'metadata', done: written, total });
        },
      });
      const failed = (await inspectMetadata(target, plan, context.run)).find(({ passed }) => !passed);
      if (failed) throw new Error(failed.detail);
      return {
        tool: 'ironhand',
        exitCode: null,
        bytes: total,
        badRanges: [],
        details: { partitions: plan.length - 1, places: plan.reduce((sum, { zero }) => sum + zero.length, 0) },
      };
    } catch (error) {
      context.signal.throwIfAborted();
      throw asMethodError(target.path, error);
    }
  },

  async verify({ disk, target }, _evidence, context) {
    const { plan } = await beginOrGoOn({ disk, target }, context);
    return inspectMetadata(target, plan, context.run);
  },
};

async function beginOrGoOn(
  { disk, target }: EraseTarget,
  { record, run }: MethodContext,
): Promise<{ readonly plan: readonly MetadataErase[]; readonly done: number }> {
  const saved = readRecord(record, target.sizeBytes);
  if (saved) return saved;
  return { plan: planMetadataErase(target, await surveyMetadata(target, run, disk.knownPartitions ?? [])), done: 0 };
}
