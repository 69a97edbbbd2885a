import joi from 'joi';
import { CommandList } from '../../api/command-list.ts';
import { type EnqueueDeps, Enqueuer } from '../../api/enqueue.ts';
import { defineCommand } from '../../src/core/command.ts';

export const command = (mode: 'sync' | 'async') =>
  defineCommand<object>({
    name: 'test.command',
    summary: 'Test.',
    params: joi.object().unknown(),
    mode,
    handling: { kind: 'fixed', queue: 'image', replay: 'repeatable', progress: 'steps' },
    abortable: false,
    run: () => Promise.resolve(null),
  });

let made = 0;
/** A request like no other, unless the parameters are given. */
export const request = (mode: 'sync' | 'async' = 'async', params: object = { made: ++made }) => ({
  command: command(mode),
  params: params as Record<string, unknown>,
});

export const succeeded = { kind: 'succeeded', result: null } as const;

/** An enqueuer whose neighbours note what they are asked for. */
export function createEnqueuer(change: Partial<EnqueueDeps> = {}, patience?: number) {
  const calls: string[] = [];
  const note = (name: string) => () => {
    calls.push(name);
    return Promise.resolve();
  };
  const jobs: unknown[] = [];
  const kept: (readonly unknown[])[] = [];
  const list = new CommandList(
    ({ command: { id } }) => id,
    () => undefined,
  );
  const enqueuer = new Enqueuer(
    {
      list,
      accepted: { add: note('record'), remove: note('take back') },
      queues: {
        add(_queue, _id, data) {
          jobs.push(data);
          return note('queue')();
        },
      },
      signer: {
        sign: (_queue, _id, data) => ({ ...data, signature: 'signed' }),
        digest: (name, params) => JSON.stringify([name, params]),
      },
      secrets: {
        save(_id, secrets) {
          kept.push(secrets);
          calls.push('keep');
        },
        wipe: () => void calls.push('wipe'),
      },
      isQueueThere: () => true,
      findOut: () => void calls.push('find out'),
      areStepsKnown: () => Promise.resolve(true),
      stepQueue: () => Promise.resolve('erase'),
      ...change,
    },
    patience,
  );
  return { enqueuer, list, calls, jobs, kept };
}
