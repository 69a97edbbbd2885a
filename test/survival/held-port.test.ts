import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningAgent, startAgent } from '../support/agent.ts';

const kills = 4;

let agent: RunningAgent;

before(async () => {
  agent = await startAgent();
});

after(() => agent.stop());

interface Asked {
  readonly at: number;
  readonly milliseconds: number;
  /** A status, or the code of an error. */
  readonly outcome: number | string;
}

/** Some clients that ask for the list again and again, each time on a connection of its own, until they are told to stop. */
function keepAsking(): { stop(): Promise<readonly Asked[]> } {
  const asked: Asked[] = [];
  const stopping = new AbortController();
  const ask = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const at = performance.now();
      const outcome = await agent.request('/v1/commands/').then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      asked.push({ at, milliseconds: performance.now() - at, outcome });
      await sleep(10);
    }
  };
  const clients = Promise.all(Array.from({ length: 4 }, ask));
  return {
    async stop() {
      stopping.abort();
      await clients;
      return asked;
    },
  };
}

/** Whether it was under way when the process was gone, or a moment before: that is when we look. */
function spans({ at, milliseconds }: Asked, killed: number): boolean {
  return at < killed && killed < at + milliseconds + 50;
}

/** Whether it came when nobody accepted, or a moment before, and was answered all the same. */
function waited({ at, milliseconds, outcome }: Asked, killed: number): boolean {
  return outcome === 200 && at < killed + 500 && killed < at + milliseconds;
}

function longest(asked: readonly Asked[]): number {
  return Math.round(Math.max(0, ...asked.map(({ milliseconds }) => milliseconds)));
}

describe('an api that is killed while it is asked all the time', () => {
  it('leaves nobody unanswered but those whose connection it had accepted', async (t) => {
    const client = keepAsking();
    t.after(() => client.stop());
    const killedAt: number[] = [];
    for (let round = 0; round < kills; round += 1) {
      await sleep(500);
      const old = await agent.kill('api');
      killedAt.push(performance.now());
      await agent.replaced('api', old);
      await agent.list(); // is held until the new one serves
    }
    const asked = await client.stop();
    const lost = asked.filter(({ outcome }) => outcome !== 200);
    assert.deepEqual(
      lost.filter((each) => !killedAt.some((killed) => spans(each, killed))),
      [],
    );
    assert.ok(asked.length - lost.length > kills, 'too few were answered to know');
    const waits = killedAt.map((killed) => longest(asked.filter((each) => waited(each, killed))));
    t.diagnostic(`${asked.length} asked, ${lost.length} lost under way, waited ${waits.join(', ')} ms`);
  });
});
