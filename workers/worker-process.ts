import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { removeLeftovers } from '../src/boot/leftover-mounts.ts';
import { commandCatalogue } from '../src/commands/catalogue.ts';
import type { Config } from '../src/core/config.ts';
import type { ManagerRegistry } from '../src/core/hardware-manager.ts';
import { stepProcesses } from '../src/core/ironic-node.ts';
import type { Host } from '../src/core/job-context.ts';
import { type QueueName, type WorkerGroup, workerGroups } from '../src/core/queue-name.ts';
import { createSafetyLatch } from '../src/core/safety-latch.ts';
import { discoverManagers } from '../src/hardware/discover-managers.ts';
import { genericManager } from '../src/hardware/generic-manager.ts';
import { loadManagers } from '../src/hardware/load-managers.ts';
import { queryCatalogue } from '../src/queries/catalogue.ts';
import { Cancellations, followCancellations } from '../src/queue/cancellations.ts';
import { commandRecords } from '../src/queue/command-records.ts';
import { connectRedis, isRedisAway } from '../src/queue/connection.ts';
import { createAgentState } from '../src/queue/facts.ts';
import { JobSigner } from '../src/queue/job-data.ts';
import { JobOwners, thisProcess } from '../src/queue/job-owner.ts';
import { keysOf } from '../src/queue/keys.ts';
import { keepPublished, type ManagerReport, otherVersions, readManagerReports } from '../src/queue/manager-report.ts';
import { SecretStore } from '../src/queue/secret-store.ts';
import { emptySpool } from '../src/queue/spool-dir.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { announcePresence } from '../src/queue/worker-presence.ts';
import { resolveDevice } from '../src/tools/device-name.ts';
import { createToolRunner } from '../src/tools/run.ts';
import { followServiceEnd } from './after-service.ts';
import { keepLivesShort } from './clock-set-back.ts';
import { createJobContext } from './context.ts';
import { Drain } from './drain.ts';
import { JobRuns } from './job-runs.ts';
import { createQueueWorker } from './queue-worker.ts';

/** One running worker process. */
export interface WorkerProcess {
  /** Takes no new job, ends or hands back the running ones, closes. */
  stop(): Promise<void>;
}

/** Serves the queues of one group until stopped. */
export async function startWorkerProcess(
  group: WorkerGroup,
  config: Config,
  state: StateDir,
  logger: Logger,
): Promise<WorkerProcess> {
  const keys = keysOf(state.bootId);
  const drain = new Drain();
  const latch = createSafetyLatch(config, resolveDevice);
  const redis = connectRedis(state, config.redisSocket, 'wait');
  redis.on('error', (error: Error) => {
    if (!isRedisAway(error)) logger.warn({ err: error }, 'redis');
  });
  redis.on('close', () => logger.warn('redis is away'));
  const log: Host['log'] = {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
  };
  const run = createToolRunner({ latch, log, signal: drain.signal });
  if (group === 'storage') {
    await removeLeftovers({ run, log });
    emptySpool(state);
  }
  const managers = await loadManagers(
    [genericManager],
    discoverManagers([`${import.meta.dirname}/../node_modules`], config.hardwareManagerDir),
    { config, latch, run, log, signal: drain.signal },
  );
  const report = reportOf(managers, config);
  await keepPublished(redis, keys, group, report, (error) =>
    logger.warn({ err: error }, 'the report of the hardware managers could not be published'),
  );
  for (const others of otherVersions(report, await readManagerReports(redis, keys))) {
    logger.warn({ own: report.versions, others }, 'the workers do not have the same hardware managers');
  }

  const agentState = createAgentState(redis, keys);
  const runs = new JobRuns();
  const unfollow = followCancellations(redis.duplicate(), redis, keys, (id) => {
    if (runs.cancel(id)) logger.warn({ command_id: id }, 'cancelled; its run is to come to an end');
  });
  const deps = {
    commands: new Map([...commandCatalogue, ...queryCatalogue]),
    managers,
    signer: new JobSigner(state),
    secrets: new SecretStore(state),
    owners: new JobOwners(redis, keys),
    cancellations: new Cancellations(redis, keys),
    self: thisProcess(),
    state,
    runs,
    drain,
    createContext: createJobContext({
      config,
      latch,
      isQuery: (command) => queryCatalogue.has(command),
      managers,
      state: agentState,
      commandRecords: commandRecords(redis, keys),
      stateDir: state,
      logger,
    }),
  };
  const workers = workerGroups[group].map((queue) => createQueueWorker(queue, keys, config.redisSocket, deps, logger));
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  const letLive = keepLivesShort(redis, workers, (error) => logger.warn({ err: error }, 'the locks of jobs'));
  const unfollowEnd =
    group === 'system'
      ? followServiceEnd(state, commandCatalogue, { config, latch, run, log, signal: drain.signal })
      : () => undefined;
  const leave = announcePresence(redis, keys, group);
  logger.info({ group, managers: managers.versions, devices: latch.devices }, 'worker ready');
  return {
    stop: async () => {
      leave();
      unfollowEnd();
      letLive();
      await stop(drain, workers, redis, logger);
      unfollow();
    },
  };
}

async function stop(drain: Drain, workers: readonly Worker[], redis: Redis, logger: Logger): Promise<void> {
  await drain.run(workers, logger);
  redis.disconnect();
  logger.info('worker stopped');
}

function reportOf(managers: ManagerRegistry, config: Config): ManagerReport {
  return { versions: managers.versions, broken: managers.broken, ...stepsOf(managers, config) };
}

function stepsOf(managers: ManagerRegistry, config: Config): Pick<ManagerReport, 'stepQueues' | 'unabortableSteps'> {
  const stepQueues: Record<string, QueueName> = {};
  const unabortable = new Set<string>();
  for (const process of stepProcesses) {
    for (const { step, abortable } of Object.values(managers.advertisedSteps(process, config)).flat()) {
      stepQueues[step] = managers.findStep(process, step)?.queue ?? 'system';
      if (!abortable) unabortable.add(step);
    }
  }
  return { stepQueues, unabortableSteps: [...unabortable] };
}
