import type { JobContext } from '../core/job-context.ts';
import { SystemRebootError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { powerOff } from '../tools/poweroff.ts';
import { reboot } from '../tools/reboot.ts';
import { writeKernelControl } from '../tools/tee.ts';
import { fullSync } from './full-sync.ts';
import { syncClocksBeforeEnd } from './system-clock.ts';

export type MachineEnd = 'reboot' | 'power-off';

const ways = {
  reboot: { ask: reboot, atOnce: 'rebootNow' },
  'power-off': { ask: powerOff, atOnce: 'powerOffNow' },
} as const;

/**
 * Restarts the machine or switches it off, after the clocks were set (where there is an ntp_server) and a full sync. Where the init system fails or ignores the request (systemd
 * does so inside a container, with exit code 0) the kernel is told directly. Throws SafetyLatchError before anything else
 * happens when the machine is not ours, ClockSyncError with fail_if_clock_not_set, SystemRebootError when every way failed.
 */
export async function endMachine(end: MachineEnd, context: JobContext): Promise<void> {
  context.latch.permit({ kind: 'power' });
  await syncClocksBeforeEnd(context);
  try {
    await fullSync(context);
  } catch (error) {
    // The disks were written past the page cache and flushed by the steps themselves: no reason to stay up for ever.
    context.log.warn({ error }, 'could not sync before the end of the machine');
  }
  if (await asksInit(end, context)) return;
  try {
    await writeKernelControl(context.run, ways[end].atOnce);
  } catch (error) {
    throw new SystemRebootError(`${end} failed, and so did sysrq: ${errorText(error)}`, { cause: error });
  }
}

async function asksInit(end: MachineEnd, { run, log }: JobContext): Promise<boolean> {
  try {
    const { stderr } = await ways[end].ask(run);
    if (!stderr.includes('ignoring request')) return true;
    log.warn({ end, stderr }, 'the init system ignored the request, asking the kernel');
  } catch (error) {
    log.warn({ end, error }, 'the init system could not do it, asking the kernel');
  }
  return false;
}
