import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startAgent } from '../support/agent.ts';

const child = path.join(import.meta.dirname, '../support/lockdown-child.ts');
/** Without the cables of test/ironic/lab/agent-network.ts: a lab beside this test may come and go. */
const links = (): readonly unknown[] => {
  const all = JSON.parse(execFileSync('ip', ['-json', 'link', 'show'], { encoding: 'utf8' })) as { ifname: string }[];
  return all.filter(({ ifname }) => !ifname.startsWith('ihl'));
};

describe('system.lockdown', () => {
  it('in a network namespace of its own: answers, closes the port, takes every interface down, and stays so', async () => {
    const machine = links();
    const { stdout } = await promisify(execFile)('unshare', ['--net', process.execPath, child], { timeout: 90_000 });
    assert.deepEqual(JSON.parse(stdout), {
      before: ['lo', 'usb0', 'veth0'],
      command_status: 'SUCCEEDED',
      command_result: null,
      arePidsTheSame: true,
    });
    assert.deepEqual(links(), machine);
  });

  it('outside of one is refused by the safety latch, and the agent goes on', async () => {
    await using agent = await startAgent();
    const { command_status, command_error } = await agent.accepted('system.lockdown');
    assert.equal(command_status, 'FAILED');
    assert.equal(command_error?.type, 'SafetyLatchError');
    assert.equal((await agent.accepted('standby.get_partition_uuids')).command_status, 'SUCCEEDED');
  });

  it('no agent starts that claims a network namespace which it does not have', async () => {
    await assert.rejects(startAgent({ args: ['--own-network-namespace'] }), /own_network_namespace: expected another/);
  });
});
