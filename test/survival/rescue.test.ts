import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAgent } from '../support/agent.ts';
import { noLongerServed } from '../support/no-longer-served.ts';
import { startStandInIronic } from '../support/stand-in-ironic.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

/** As a conductor makes it. */
const rescue = {
  rescue_password: '$5$05mMPdNUE5Pz5AaW$o7iZ0pKxQZ7w0iSeWOj5CQRzRxlVrvcRC6ETHrGGrl5',
  hashed: true,
};

/** Files below a directory that hold one of these texts. */
function filesWith(texts: readonly string[], dir: string): readonly string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => {
      const content = existsSync(file) ? readFileSync(file, 'latin1') : '';
      return texts.some((text) => content.includes(text));
    });
  return holding.map((file) => path.relative(dir, file)).sort();
}

describe('rescue.finalize_rescue', () => {
  it('has succeeded in the answer, also without waiting for it; then nobody is served, and the processes stay', async () => {
    using directory = temporaryDirectory();
    await using agent = await startAgent({ args: ['--rescue-dir', directory.path] });
    const { pids } = agent;
    const { command_name, command_status, command_result } = await agent.accepted('rescue.finalize_rescue', rescue);
    assert.deepEqual([command_name, command_status, command_result], ['finalize_rescue', 'SUCCEEDED', null]);
    await noLongerServed(agent);
    assert.deepEqual(agent.pids, pids);

    const file = path.join(directory.path, 'ipa-rescue-password');
    assert.equal(readFileSync(file, 'utf8'), rescue.rescue_password);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(directory.path).sort(), ['.rescued', 'ipa-rescue-password']);
    assert.doesNotMatch(agent.log, /05mMPdNUE5Pz5AaW/);
  });

  it('ends the heartbeats, and an api that is killed comes back silent: also where the marker is gone', async (t) => {
    using directory = temporaryDirectory();
    const ironic = await startStandInIronic({ heartbeatTimeout: 3 });
    t.after(() => ironic.close());
    await using agent = await startAgent({ ironic, args: ['--rescue-dir', directory.path] });
    await until(() => ironic.lastHeartbeat !== null, { withinMs: 10_000, what: 'first heartbeat' });
    await agent.accepted('rescue.finalize_rescue', rescue);
    await noLongerServed(agent);
    rmSync(path.join(directory.path, '.rescued'));
    const asked = ironic.requests.length;
    const pid = await agent.replaced('api', await agent.kill('api'));
    await sleep(4000); // more than a heartbeat and a start take
    assert.equal(agent.pid('api'), pid);
    await noLongerServed(agent);
    assert.equal(ironic.requests.length, asked);
  });

  for (const [told, where] of [
    ['by Ironic', 'api/identity.json'],
    ['by an option', 'config.json'],
  ] as const) {
    it(`leaves neither the key nor a token that was told ${told} to the next owner of the machine`, async (t) => {
      using directory = temporaryDirectory();
      const ironic = told === 'by Ironic' ? await startStandInIronic() : undefined;
      t.after(() => ironic?.close());
      const args = ['--rescue-dir', directory.path];
      await using agent = await startAgent({ args, tls: true, ...(ironic ? { ironic } : {}) });
      const holding = () => filesWith([`"${agent.token}"`, 'PRIVATE KEY'], agent.stateDir);
      assert.deepEqual(holding(), [where, 'tls/agent.pem']);
      await agent.accepted('rescue.finalize_rescue', rescue);
      await until(() => holding().length === 0, { withinMs: 5000, what: 'the end of token and key' });
    });
  }

  it('leaves the agent as it was where it fails', async () => {
    await using agent = await startAgent();
    const { command_status, command_error } = await agent.accepted('rescue.finalize_rescue', rescue);
    assert.equal(command_status, 'FAILED');
    assert.equal(command_error?.type, 'SafetyLatchError');
    assert.equal((await agent.accepted('standby.get_partition_uuids')).command_status, 'SUCCEEDED');
  });
});

describe('an agent on a machine that is being rescued', () => {
  it('says so in its log, serves nobody and stays', async () => {
    using directory = temporaryDirectory();
    const marker = path.join(directory.path, '.rescued');
    writeFileSync(marker, '');
    await using agent = await startAgent({ args: ['--rescue-dir', directory.path] });
    const said = new RegExp(`"marker":"${marker}".*this machine is being rescued`);
    await until(() => said.test(agent.log), { withinMs: 5000, what: 'word of it' });
    const { pids } = agent;
    await sleep(1000);
    assert.deepEqual(agent.pids, pids);
  });
});
