import type { BlockDevice } from '../core/block-device.ts';
import type { StepContext } from '../core/job-context.ts';
import { type ClaimedDevice, claimDevice } from '../storage/claim-device.ts';
import { need as fio } from '../tools/fio.ts';
import type { FioJob } from '../tools/fio-report.ts';
import { need as smartctl } from '../tools/smartctl.ts';
import type { DiskOptions } from './burn-in-options.ts';
import { type PassResult, passOverDisks } from './disk-passes.ts';
import { chooseDisks } from './disk-targets.ts';
import { assertNoFailure } from './fio-failure.ts';
import { openOutputFile } from './output-file.ts';
import { requireProgram } from './require-program.ts';
import { selfTestDisks } from './self-test-disks.ts';

/**
 * Writes over every disk of the machine that may be, and reads all of it back. Nothing is touched unless all of them may be, and
 * can be had alone: each stays claimed until the end, so that nobody mounts it or builds upon it; fio, which opens it without
 * claiming, is no hindrance. Throws ProtectedDeviceError, DeviceNotFoundError, DeviceClaimError and SafetyLatchError before
 * anything is written, and CommandExecutionError that names the disks that failed.
 */
export async function burnDisks(options: DiskOptions, context: StepContext): Promise<void> {
  await requireProgram(context.run, fio);
  if (options.smartTest) await requireProgram(context.run, smartctl);
  await using output = await openOutputFile(options.outputFile, context);
  const disks = await chooseDisks(context);
  await using _claims = await claimAll(disks, context);
  const results: object[] = [];
  await passOverDisks(disks, options, context, async (result) => {
    const summary = { loop: result.loop, pass: result.kind, disks: result.jobs.map((job) => toSummary(job, result)) };
    context.log.info(summary, 'a pass over the disks is over');
    results.push(summary);
    await output.write(`${JSON.stringify(results, null, 2)}\n`);
    assertNoFailure(`burn-in of disks, ${result.kind} ${result.loop}/${options.loops},`, result);
  });
  if (options.smartTest) await selfTestDisks(disks, context);
}

function toSummary({ name, error, read, write }: FioJob, { kind }: PassResult): object {
  const { bytes, bytesPerSecond, slowestMilliseconds } = kind === 'write' ? write : read;
  return {
    device: name,
    error,
    bytes,
    bytes_per_second: bytesPerSecond,
    slowest_milliseconds: Math.round(slowestMilliseconds),
  };
}

async function claimAll(disks: readonly BlockDevice[], context: StepContext): Promise<AsyncDisposable> {
  const claims: ClaimedDevice[] = [];
  const close = async (): Promise<void> => {
    for (const claim of claims) await claim.close();
  };
  try {
    for (const disk of disks) claims.push(await claimDevice(disk, context));
  } catch (error) {
    await close();
    throw error;
  }
  return { [Symbol.asyncDispose]: close };
}
