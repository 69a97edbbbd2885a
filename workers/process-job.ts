import { DelayedError, type Job, type Processor } from 'bullmq';
import type { AnyCommand } from '../src/core/command.ts';
import type { ManagerRegistry } from '../src/core/hardware-manager.ts';
import type { RequestedStep } from '../src/core/ironic-node.ts';
import { isCancelled } from '../src/core/job-cancelled.ts';
import type { ProgressUnit } from '../src/core/progress.ts';
import type { QueueName } from '../src/core/queue-name.ts';
import type { Replay } from '../src/core/replay.ts';
import { CommandCancelledError, CommandExecutionError, InterruptedError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import type { JobData, JobSigner } from '../src/queue/job-data.ts';
import { replaceReferences, type SecretStore } from '../src/queue/secret-store.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { cancelledError, unlessLeftBehind } from './cancelled-run.ts';
import type { JobWorld } from './context.ts';
import type { Drain } from './drain.ts';
import type { JobRuns } from './job-runs.ts';
import { failedJob, keepResult, wireResult } from './settle.ts';
import { beforeItBegan, type TakeOverDeps, takeOver } from './take-over.ts';

/** How long a job waits before it is looked at again: handed back, or its former process is still alive. */
const lookAgainMilliseconds = 1000;

export interface ProcessJobDeps extends TakeOverDeps {
  readonly commands: ReadonlyMap<string, AnyCommand>;
  readonly managers: ManagerRegistry;
  readonly signer: JobSigner;
  readonly secrets: SecretStore;
  readonly state: StateDir;
  readonly runs: JobRuns;
  readonly drain: Drain;
  createContext(job: Job<JobData>, progress: ProgressUnit, signal: AbortSignal): Promise<JobWorld>;
}

/** Not an end: the job goes back to its queue. */
const handedBack = Symbol('handed back');

/** Job -> declaration -> context -> outcome; knows no command by name. */
export function createProcessor(queue: QueueName, deps: ProcessJobDeps): Processor<JobData> {
  return async (job, token) => {
    const id = job.id ?? '';
    const outcome = await deps.runs.join(id, (ended) => runJob(queue, id, job, ended, deps));
    if (outcome !== handedBack) return outcome;
    await job.moveToDelayed(Date.now() + lookAgainMilliseconds, token);
    deps.runs.settled(id);
    throw new DelayedError();
  };
}

async function runJob(
  queue: QueueName,
  id: string,
  job: Job<JobData>,
  ended: AbortSignal,
  deps: ProcessJobDeps,
): Promise<unknown> {
  try {
    deps.signer.verify(queue, id, job.data);
    const command = deps.commands.get(job.data.command);
    if (!command) throw new CommandExecutionError(`no command ${job.data.command} in this worker`);
    const { replay, progress } = handlingOf(command, job.data, deps.managers);
    const [isOurs, { context, flush }] = await Promise.all([
      takeOver(id, replay, deps),
      deps.createContext(job, progress, AbortSignal.any([ended, deps.drain.signal])),
    ]);
    if (!isOurs) return handedBack;
    if (isCancelled(ended)) throw new CommandCancelledError(beforeItBegan);
    try {
      const run = command.run(withSecrets(id, job.data, deps.secrets), context);
      const result = await unlessLeftBehind(run, context.signal, deps.drain.signal);
      return keepResult(deps.state, id, wireResult(command, result));
    } catch (error) {
      if (isCancelled(ended)) throw cancelledError(error);
      if (!deps.drain.signal.aborted) throw error;
      // Cut short by the drain: whatever may run again goes on in the next process.
      if (replay !== 'once') return handedBack;
      throw new InterruptedError(`its worker was stopped in the middle of it: ${errorText(error)}`, { cause: error });
    } finally {
      flush();
    }
  } catch (error) {
    throw failedJob(error);
  }
}

function handlingOf(
  command: AnyCommand,
  data: JobData,
  managers: ManagerRegistry,
): { readonly replay: Replay; readonly progress: ProgressUnit } {
  if (command.handling.kind === 'fixed') return command.handling;
  const requested = data.params['step'] as RequestedStep;
  // An unknown step does nothing, so nothing can be repeated.
  return managers.findStep(command.handling.process, requested.step) ?? { replay: 'repeatable', progress: 'steps' };
}

function withSecrets(id: string, data: JobData, store: SecretStore): object {
  const secrets = store.load(id);
  return replaceReferences(data.params, (index) => {
    if (index < secrets.length) return secrets[index];
    throw new InterruptedError('its secrets (config drive, credentials) are no longer there');
  }) as object;
}
