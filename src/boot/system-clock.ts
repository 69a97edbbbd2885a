import type { Config } from '../core/config.ts';
import type { Host } from '../core/job-context.ts';
import type { RunTool } from '../core/tool.ts';
import { ClockSyncError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { ToolError } from '../errors/tool-error.ts';
import { setClockByChronyd } from '../tools/chronyd.ts';
import { saveSystemTime } from '../tools/hwclock.ts';
import { isNotInstalled } from '../tools/is-installed.ts';
import { setClockByNtpdate } from '../tools/ntpdate.ts';

type ClockHost = Pick<Host, 'run' | 'log'> & {
  readonly config: Pick<Config, 'ntpServer' | 'failIfClockNotSet'>;
};

/** In the order of preference. */
const programs = { chronyd: setClockByChronyd, ntpdate: setClockByNtpdate } as const;

/**
 * Sets the clock from ntp_server, where there is one: certificates are judged by it. Outside a ramdisk the clock is that of
 * somebody else, and the latch refuses. Throws ClockSyncError where that fails and fail_if_clock_not_set is set; else it is only told.
 */
export async function syncClock(host: ClockHost): Promise<void> {
  const { ntpServer: server } = host.config;
  if (server === null) return;
  await orOnlyTold(host, `the clock is not set from ${server}`, async () => {
    const program = await setClock(host.run, server);
    host.log.info({ server, program }, 'clock set');
  });
}

/** The same, and the clock of the board after it, so that what boots next begins with the right time. */
export async function syncClocksBeforeEnd(host: ClockHost): Promise<void> {
  if (host.config.ntpServer === null) return;
  await syncClock(host);
  await orOnlyTold(host, 'the time is not kept in the clock of the board', () => saveSystemTime(host.run));
}

async function orOnlyTold(
  { log, config: { failIfClockNotSet } }: ClockHost,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (failIfClockNotSet) throw new ClockSyncError(`${what}: ${errorText(error)}`, { cause: error });
    log.warn({ reason: errorText(error) }, what);
  }
}

async function setClock(run: RunTool, server: string): Promise<string> {
  for (const [program, setFrom] of Object.entries(programs)) {
    try {
      await setFrom(run, server);
      return program;
    } catch (error) {
      if (!(error instanceof ToolError && isNotInstalled(error))) throw error;
    }
  }
  throw new Error(`expected ${Object.keys(programs).join(' or ')}, found none of them in this ramdisk`);
}
