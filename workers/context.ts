import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import type { AgentState, LookupSettings } from '../src/core/agent-state.ts';
import type { CommandRecords } from '../src/core/command-records.ts';
import type { Config } from '../src/core/config.ts';
import type { ManagerRegistry } from '../src/core/hardware-manager.ts';
import type { JobContext } from '../src/core/job-context.ts';
import type { ProgressUnit } from '../src/core/progress.ts';
import { readingLatch } from '../src/core/reading-latch.ts';
import type { SafetyLatch } from '../src/core/safety-latch.ts';
import { certificateStore } from '../src/queue/certificate-store.ts';
import { jobCheckpoint } from '../src/queue/checkpoint-store.ts';
import type { JobData } from '../src/queue/job-data.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { createStoredResult, storedResult } from '../src/queue/stored-result.ts';
import { createToolRunner } from '../src/tools/run.ts';
import { createJobLog } from './job-log.ts';
import { ProgressReporter } from './progress-reporter.ts';

interface ContextParts {
  readonly config: Config;
  readonly latch: SafetyLatch;
  /** Whether the command of this name only asks. */
  readonly isQuery: (command: string) => boolean;
  readonly managers: ManagerRegistry;
  readonly state: AgentState;
  readonly commandRecords: CommandRecords;
  readonly stateDir: StateDir;
  readonly logger: Logger;
}

export interface JobWorld {
  readonly context: JobContext;
  /** Publishes what was reported last and held back. */
  flush(): void;
}

/** Makes the world that one job sees: every tool it runs and every line it logs stay with the job. */
export function createJobContext(parts: ContextParts) {
  return async (job: Job<JobData>, unit: ProgressUnit, signal: AbortSignal): Promise<JobWorld> => {
    const { managers, state, stateDir, logger } = parts;
    const latch = parts.isQuery(job.data.command) ? readingLatch(parts.latch) : parts.latch;
    const decided = await state.read('lookupSettings');
    const config = withDecided(parts.config, decided);
    const log = createJobLog(job, logger);
    const progress = new ProgressReporter(unit, (current) => {
      job.updateProgress(current).catch((error: unknown) => {
        logger.warn({ command_id: job.id, err: error }, 'progress lost');
      });
    });
    const context: JobContext = {
      jobId: job.id ?? '',
      config,
      latch,
      run: createToolRunner({ latch, log, signal }),
      log,
      signal,
      report: (report) => progress.report(report),
      managers,
      state,
      checkpoint: jobCheckpoint(stateDir, job.id ?? ''),
      spoolDir: stateDir.spool,
      certificates: certificateStore(stateDir),
      commandRecords: parts.commandRecords,
      storeResult: (write) => storeResult(stateDir, job.id ?? '', write),
    };
    return { context, flush: () => progress.flush() };
  };
}

async function storeResult(
  state: StateDir,
  jobId: string,
  write: (append: (text: string) => void) => Promise<void>,
): Promise<object> {
  const file = createStoredResult(state, jobId);
  try {
    await write((text) => file.append(text));
    file.finish();
    return storedResult;
  } finally {
    file.close();
  }
}

/** What Ironic said at the lookup is stronger than the agent's own options. */
function withDecided(config: Config, decided: LookupSettings | null): Config {
  return {
    ...config,
    md5Enabled: decided?.md5Enabled ?? config.md5Enabled,
    permittedImageFormats: decided?.permittedImageFormats ?? config.permittedImageFormats,
    disableDeepImageInspection: decided?.disableDeepImageInspection ?? config.disableDeepImageInspection,
  };
}
