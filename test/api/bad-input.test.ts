import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { badBodies } from './bad-bodies.ts';
import { badCommands } from './bad-commands.ts';
import { badHeads } from './bad-heads.ts';

let agent: RunningAgent;

before(async () => {
  agent = await startAgent({ token: 'aBcDefGh01234567' });
  await agent.accepted('standby.get_partition_uuids');
});

after(() => agent.stop());

for (const [what, rows] of Object.entries({ body: badBodies, command: badCommands, head: badHeads })) {
  describe(`a malformed ${what}`, () => {
    for (const row of rows) {
      it(`is answered with ${row.status}, and the list stays as it is: ${row.name}`, async () => {
        const { pids } = agent;
        const before = await agent.request('/v1/commands/');
        const refusal = await row.send(agent);
        const after = await agent.request('/v1/commands/');
        assert.equal(refusal.status, row.status, refusal.fault);
        assert.match(refusal.fault, row.fault);
        assert.ok(refusal.fault.length < 500, 'what was sent is not sent back');
        assert.equal(after.text, before.text);
        assert.deepEqual(agent.pids, pids);
      });
    }
  });
}
