import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type AgentOptions, startAgent } from '../support/agent.ts';
import { certificateAt } from '../support/http-request.ts';
import { type StandInIronic, startStandInIronic } from '../support/stand-in-ironic.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const lookups = (ironic: StandInIronic): number =>
  ironic.requests.filter(({ path: where }) => where === '/v1/lookup').length;

describe('an agent that is started again', () => {
  it('in the same boot has its list, its token and its certificate; after a reboot it has none of them', async () => {
    using directory = temporaryDirectory();
    const bootIdFile = path.join(directory.path, 'boot_id');
    const reboot = (): void => writeFileSync(bootIdFile, `${randomUUID()}\n`);
    reboot();
    const options: AgentOptions = { tls: true, bootIdFile, hardwareManagerDir: recordedSteps };

    await using ironic = await disposable(startStandInIronic());
    const first = await startAgent({ ...options, ironic: ironic.it });
    const { stateDir } = first;
    const file = path.join(stateDir, '../record');
    await first.accepted('clean.get_clean_steps', { node: smallNode, ports: [] });
    const step = stepRequest('sleep_repeatable', { file, seconds: 0 });
    await first.accepted('clean.execute_clean_step', step, { wait: true });
    const list = await first.list();
    assert.equal(list.length, 2);
    const certificate = await certificateAt(first.url);
    await first.stop({ keepState: true });

    const again = await startAgent({ ...options, stateDir, ironic: ironic.it });
    assert.deepEqual(await again.list(), list);
    assert.equal(lookups(ironic.it), 1);
    assert.equal(again.url, first.url);
    assert.equal(await certificateAt(again.url), certificate);
    await again.stop({ keepState: true });

    reboot();
    await using other = await disposable(startStandInIronic());
    await using rebooted = await startAgent({ ...options, stateDir, ironic: other.it });
    assert.deepEqual(await rebooted.list(), []);
    assert.equal(lookups(other.it), 1);
    assert.equal((await rebooted.request('/v1/commands/', { token: ironic.it.token })).status, 401);
    assert.notEqual(await certificateAt(rebooted.url), certificate);
    const left = readFileSync(path.join(stateDir, 'api/identity.json'), 'utf8');
    assert.ok(!left.includes(ironic.it.token));
    const { command_status: status } = await rebooted.accepted('clean.execute_clean_step', step, { wait: true });
    assert.equal(status, 'SUCCEEDED');
  });
});

async function disposable(starting: Promise<StandInIronic>) {
  const it = await starting;
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
