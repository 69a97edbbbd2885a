import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { QueueName } from '../../src/core/queue-name.ts';
import type { JobOutcome } from '../../src/queue/command-queues.ts';
import type { JobData } from '../../src/queue/job-data.ts';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { AgentQueue } from '../support/agent-queue.ts';
import { recordedSteps, stepRequest } from '../support/step-request.ts';
import { readStepRuns } from '../support/step-runs.ts';
import { until } from '../support/until.ts';

let agent: RunningAgent;
let queue: AgentQueue;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  queue = new AgentQueue(agent);
  record = path.join(agent.stateDir, '../record');
});

after(() => agent.stop());
after(() => queue[Symbol.asyncDispose]());

const unsigned = (seconds = 0) => ({
  command: 'clean.execute_clean_step',
  params: stepRequest('sleep_repeatable', { file: record, seconds }) as Readonly<Record<string, unknown>>,
  acceptedAt: new Date().toISOString(),
});

/** Puts a job into a queue of the agent and gives its outcome. */
async function inject(name: QueueName, id: string, data: JobData): Promise<JobOutcome> {
  await queue.queues.add(name, id, data);
  const settled = async (): Promise<JobOutcome | null> => {
    const outcome = await queue.queues.outcome(name, id);
    return outcome?.kind === 'running' ? null : outcome;
  };
  return await until(settled, { withinMs: 10_000, what: 'end of the job' });
}

function assertRefused(outcome: JobOutcome): void {
  assert.ok(outcome.kind === 'failed', outcome.kind);
  assert.equal(outcome.error.type, 'JobSignatureError');
  assert.match(outcome.error.details, /the signature does not match; it is not run$/);
  assert.deepEqual(readStepRuns(record).started, []);
}

describe('a job that somebody put into the queue around the api', () => {
  it('is refused and never run without a signature, and with one that is made up', async () => {
    for (const signature of ['', 'A'.repeat(43), queue.signer.sign('erase', 'another', unsigned()).signature]) {
      assertRefused(await inject('erase', randomUUID(), { ...unsigned(), signature }));
    }
    const { signature: _, ...bare } = queue.signer.sign('erase', 'x', unsigned());
    assertRefused(await inject('erase', randomUUID(), bare as JobData));
  });

  it('is refused when anything of a signed job was changed', async () => {
    const id = randomUUID();
    const signed = queue.signer.sign('erase', id, unsigned());
    assertRefused(await inject('erase', id, { ...signed, params: unsigned(1).params }));
    const other = randomUUID();
    const command = { ...queue.signer.sign('system', other, unsigned()), command: 'deploy.execute_deploy_step' };
    assertRefused(await inject('system', other, command));
  });

  it('is refused under another id and in another queue than it was signed for', async () => {
    const id = randomUUID();
    const signed = queue.signer.sign('erase', id, unsigned());
    assertRefused(await inject('erase', randomUUID(), signed));
    assertRefused(await inject('image', id, signed));
  });

  it('shows by itself that the test would see it run: signed by the key of the agent, it does', async () => {
    const id = randomUUID();
    const outcome = await inject('erase', id, queue.signer.sign('erase', id, unsigned()));
    assert.equal(outcome.kind, 'succeeded');
    assert.equal(readStepRuns(record).ended.length, 1);
    assert.deepEqual(await agent.list(), [], 'the list has what the api accepted, and nothing else');
  });
});
