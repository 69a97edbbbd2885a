import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../core/job-context.ts';
import { type FioOutcome, networkPassArgs, networkPorts, receiverAt, runFio } from '../tools/fio.ts';
import type { FioJob } from '../tools/fio-report.ts';

/** errno(3): the partner does not listen yet, or is not there yet. */
const notThere: readonly number[] = [101, 110, 111, 112, 113];

export interface Receiving {
  readonly partner: string;
  readonly retryMilliseconds: number;
  /** Called with what all connections tell. */
  readonly report: (jobs: readonly FioJob[]) => void;
}

/**
 * Receives over all connections, until the partner closes them, and waits for it before, at each port by itself: fio opens its ports one
 * after the other, and who comes in between is refused at some of them. Those are tried again by another fio, beside the others, which go
 * on; once a connection is over, for a last time. Throws what `runFio` throws.
 */
export async function receive(
  { partner, retryMilliseconds, report }: Receiving,
  host: Pick<Host, 'latch' | 'log' | 'signal'>,
): Promise<FioOutcome> {
  const broken = new AbortController();
  const signal = AbortSignal.any([host.signal, broken.signal]);
  const told = new Map<string, FioJob>();
  const groups: Promise<FioOutcome>[] = [];
  let isOneOver = false;

  const receiveAt = async (ports: readonly number[]): Promise<FioOutcome> => {
    let own = ports;
    for (;;) {
      const isLastAttempt = isOneOver;
      const leaveRefused = (jobs: readonly FioJob[]): void => {
        const refused = isLastAttempt ? [] : jobs.filter(isRefused);
        if (refused.length === 0) return;
        begin(own.filter((port) => jobAt(port, refused)));
        own = own.filter((port) => !jobAt(port, refused));
      };
      const call = { args: networkPassArgs({ kind: 'read', partner, ports: own }), effect: { kind: 'read' } } as const;
      const { jobs, failure } = await runFio(call, { ...host, signal }, (all) => {
        const running = jobsAt(own, all);
        for (const job of running) told.set(job.name, job);
        report([...told.values()]);
        if (running.some(({ read }) => read.bytes > 0)) leaveRefused(running);
      });
      const ended = jobsAt(own, jobs);
      if (isLastAttempt || ended.length === 0 || !ended.every(isRefused)) {
        isOneOver = true;
        leaveRefused(ended);
        const left = jobsAt(own, jobs);
        const isAllWell = own.length < ports.length && left.every(({ error }) => error === 0);
        return { jobs: left, failure: isAllWell ? null : failure };
      }
      host.log.info({ partner }, 'the partner does not listen yet');
      await sleep(retryMilliseconds, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  };
  const begin = (ports: readonly number[]): void => {
    const group = receiveAt(ports);
    group.catch(() => undefined);
    groups.push(group);
  };

  begin(networkPorts);
  const outcomes: FioOutcome[] = [];
  try {
    // A group is put behind the one that begins it before that has ended, so this loop comes to all of them.
    for (const group of groups) outcomes.push(await group);
  } finally {
    broken.abort();
    await Promise.allSettled(groups);
  }
  const failure = outcomes.map((outcome) => outcome.failure).find((reason) => reason !== null) ?? null;
  return { jobs: outcomes.flatMap(({ jobs }) => jobs), failure };
}

const jobAt = (port: number, jobs: readonly FioJob[]): FioJob | undefined =>
  jobs.find(({ name }) => name === receiverAt(port));

const jobsAt = (ports: readonly number[], jobs: readonly FioJob[]): readonly FioJob[] =>
  ports.flatMap((port) => jobAt(port, jobs) ?? []);

const isRefused = ({ error, read }: FioJob): boolean => read.bytes === 0 && notThere.includes(error);
