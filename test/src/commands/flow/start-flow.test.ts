import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFlow } from '../../../../src/commands/flow/start-flow.ts';
import type { Config } from '../../../../src/core/config.ts';
import type { JobContext } from '../../../../src/core/job-context.ts';
import { AgentError } from '../../../../src/errors/agent-error.ts';
import { createJobContext } from '../../../support/job-context.ts';

const node = { uuid: 'fe10ad65-2f4c-4b6a-9a55-6c2d1a3a4b01' };
const standalone = { standalone: true } as Config;
const lookup = (uuid: string) => ({ 'poll.set_node_info': { node_info: { node: { uuid } } } });
const unknownStep = { 'clean.execute_clean_step': { step: { step: 'none', interface: 'deploy' }, node, ports: [] } };

/** Validated as the api does it. */
function accepted(flow: readonly object[], config = standalone) {
  const { value, error } = startFlow.params.validate({ flow }, { convert: false });
  if (error) throw error;
  startFlow.accept?.(value, config);
  return value;
}

function context(): JobContext & ReturnType<typeof createJobContext> {
  return createJobContext({ devices: [], config: { standalone: true } });
}

describe('a flow', () => {
  const refused = [
    ['an unknown extension', [{ 'bios.apply': {} }], /flow\[0\]: bios.apply: no such command/],
    ['an unknown command', [lookup('a'), { 'standby.nothing': {} }], /flow\[1\]: standby.nothing: no such command/],
    ['wrong parameters', [{ 'standby.sync': { x: 1 } }], /flow\[0\]: standby.sync: 'x' is not allowed/],
    ['a flow in it', [{ 'flow.start_flow': { flow: [] } }], /flow.start_flow: no such command/],
    ['the end of the service in it', [{ 'system.lockdown': {} }], /system.lockdown: the agent serves no more after it/],
    ['two commands in one part', [{ 'standby.sync': {}, 'standby.get_partition_uuids': {} }], /must have 1 key/],
    ['no command in a part', [{}], /must have 1 key/],
    ['parameters that are no object', [{ 'standby.sync': 1 }], /must be of type object/],
  ] as const;
  for (const [what, flow, message] of refused) {
    it(`with ${what} is refused before anything runs`, () => assert.throws(() => accepted(flow), message));
  }

  it('is refused with what one of its commands is refused with', () => {
    const ironic = { standalone: false } as Config;
    assert.throws(
      () => accepted([lookup('a')], ironic),
      (error: unknown) => error instanceof AgentError && error.kind.type === 'InvalidCommandError',
    );
  });

  it('runs its commands in their order, and has no result', async () => {
    const job = context();
    assert.equal(
      await startFlow.run(accepted([lookup('a'), { 'standby.get_partition_uuids': {} }, lookup('b')]), job),
      null,
    );
    assert.equal(job.facts.node?.uuid, 'b');
    assert.deepEqual(
      job.reports.map(({ phase, done, total }) => [phase, done, total]),
      [
        ['poll.set_node_info', 0, 3],
        ['standby.get_partition_uuids', 1, 3],
        ['poll.set_node_info', 2, 3],
      ],
    );
  });

  it('ends with the first that fails, and says which', async () => {
    const job = context();
    await assert.rejects(startFlow.run(accepted([lookup('a'), unknownStep, lookup('b')]), job), {
      name: 'CommandExecutionError',
      details: /^clean.execute_clean_step was failed: /,
    });
    assert.equal(job.facts.node?.uuid, node.uuid);
  });

  it('goes on after a mismatch of versions', async () => {
    const job = context();
    const mismatch = {
      'clean.execute_clean_step': { ...unknownStep['clean.execute_clean_step'], clean_version: { a: '1' } },
    };
    await startFlow.run(accepted([mismatch, lookup('b')]), job);
    assert.equal(job.facts.node?.uuid, 'b');
  });

  it('begins no other command once it is aborted', async () => {
    const job = { ...context(), signal: AbortSignal.abort(new Error('stop')) };
    await assert.rejects(startFlow.run(accepted([lookup('a')]), job), /stop/);
    assert.equal(job.facts.node, undefined);
  });
});
