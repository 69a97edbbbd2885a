import { ToolError } from '../../../../errors/tool-error.ts';
import { nvmeStatus, nvmeStatusOf } from '../../../../tools/nvme-answer.ts';
import { type FormatErase, formatNvme } from '../../../../tools/nvme-format.ts';
import { type NvmeNamespace, readNvmeController, readNvmeNamespace } from '../../../../tools/nvme-identify.ts';
import { EraseMethodError, type MethodContext, type MethodEvidence } from '../../method.ts';
import type { NvmeDrive, NvmePatience } from './drive.ts';

export interface FormatLimits extends NvmePatience {
  /** One format, by the drive's own pace. When it is over, the kernel resets the drive: it must not be short. */
  readonly formatSeconds: number;
}

export const usualFormatLimits: FormatLimits = { awaySeconds: 120, formatSeconds: 24 * 3600, sysfs: '/sys' };

export interface FormatRun {
  readonly erase: FormatErase;
  readonly drive: NvmeDrive;
  readonly context: MethodContext;
  readonly limits: FormatLimits;
  /** Every namespace that is erased with it. */
  readonly reach: readonly string[];
}

const tool = 'nvme admin-passthru (Format NVM)';
const everyNamespace = 0xffffffff;

/**
 * Formats once what `reach` says, and waits until that has ended; whatever format is under way before is waited for. Throws
 * EraseMethodError, SafetyLatchError, and the reason of the signal when the worker stops.
 */
export async function runFormat(run: FormatRun): Promise<MethodEvidence> {
  const { context, drive, erase, limits, reach } = run;
  await waitForFormat(run);
  const before = await namespaceOf(run);
  const { fna } = await drive.ask((device) => readNvmeController(context.run, device));
  drive.throwIfStopping();
  for (const device of reach) context.latch.permit({ kind: 'device', device });
  const namespaceId = namespaceToFormat(fna, drive);
  const format = { device: drive.device, erase, namespaceId, keep: before, timeoutSeconds: limits.formatSeconds };
  await untilTaken(run, () => withProgress(run, () => formatNvme(context.run, format)));
  await waitForFormat(run);
  const details = {
    secureErase: erase,
    namespaceId,
    lbaFormat: before.lbaFormat,
    blocks: before.size,
    serial: drive.identity.serial,
    deviceAtEnd: drive.device,
  };
  return { tool, exitCode: 0, bytes: 0, badRanges: [], details };
}

/** FNA bit 0: a format goes over all namespaces anyway. Bit 3: but it is not told so by the number of all. */
function namespaceToFormat(fna: number, drive: NvmeDrive): number {
  return (fna & 0b1001) === 1 ? everyNamespace : drive.identity.namespaceId;
}

function namespaceOf({ drive, context }: FormatRun): Promise<NvmeNamespace> {
  return drive.ask((device) => readNvmeNamespace(context.run, device));
}

/** Where another format is under way that FPI did not tell of, the drive refuses: then it is asked again later. */
async function untilTaken({ drive, limits }: FormatRun, send: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + limits.formatSeconds * 1000;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      drive.throwIfStopping();
      if (!(error instanceof ToolError)) throw error;
      if (nvmeStatusOf(error) !== nvmeStatus.formatInProgress || performance.now() >= deadline) {
        throw new EraseMethodError(error.message, { cause: error, tool, exitCode: error.exitCode });
      }
    }
    await drive.pause();
  }
}

/** Waits, by FPI where the drive has it, until no format is under way. */
async function waitForFormat(run: FormatRun): Promise<void> {
  const deadline = performance.now() + run.limits.formatSeconds * 1000;
  for (;;) {
    const left = (await namespaceOf(run)).formatPercentLeft ?? 0;
    if (left === 0) return;
    run.context.report({ phase: 'wait for a format', done: 1000 - left * 10, total: 1000 });
    if (performance.now() >= deadline) {
      throw new EraseMethodError(`${run.drive.device}: a format is under way with ${left} % left, and does not end`);
    }
    await run.drive.pause();
  }
}

/** The program waits for the whole format, and says nothing meanwhile: FPI is asked beside it. */
async function withProgress({ context, drive }: FormatRun, work: () => Promise<void>): Promise<void> {
  let hasEnded = false;
  let most = 0;
  const working = work().finally(() => {
    hasEnded = true;
  });
  const looking = (async () => {
    while (!hasEnded) {
      await drive.pause();
      if (hasEnded) return;
      // Only for the display: whether the format ended well is the program's to say.
      const left = await readNvmeNamespace(context.run, drive.device).then(
        ({ formatPercentLeft }) => formatPercentLeft,
        () => null,
      );
      if (left === null || left === 0) continue;
      most = Math.max(most, 1000 - left * 10);
      context.report({ phase: 'format', done: most, total: 1000 });
    }
  })();
  await Promise.all([working, looking.catch(() => undefined)]);
}
