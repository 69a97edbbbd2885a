import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeNetworkDown } from '../../../src/boot/network-down.ts';
import { lockdown } from '../../../src/commands/system/lockdown.ts';
import type { RunTool } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { bootContext } from './boot-context.ts';

/** A machine with these interfaces up; those that are stuck cannot be taken down. */
function machine(names: readonly string[], stuck: readonly string[] = []) {
  const up = new Set(names);
  const run: RunTool = async (call) => {
    const [, , , name = ''] = call.args;
    const failed = stuck.includes(name);
    if (call.args.includes('down') && failed)
      throw new ToolError(call, { exitCode: 2, why: 'exit code 2', stderrTail: '' });
    if (call.args.includes('down')) up.delete(name);
    const links = names.map((ifname) => ({
      ifname,
      flags: [...(ifname === 'lo' ? ['LOOPBACK'] : []), ...(up.has(ifname) ? ['UP'] : [])],
    }));
    return { stdout: JSON.stringify(links), stderr: '', exitCode: 0 };
  };
  return { up, run };
}

describe('taking the network down', () => {
  it('takes every interface down but the loopback one', async () => {
    const { up, run } = machine(['lo', 'eth0', 'usb0', 'bond0']);
    await takeNetworkDown({ run, log: bootContext().log });
    assert.deepEqual([...up], ['lo']);
  });

  it('goes on after one that fails, and names it in the end', async () => {
    const { up, run } = machine(['lo', 'eth0', 'eth1'], ['eth0']);
    await assert.rejects(takeNetworkDown({ run, log: bootContext().log }), {
      details: 'network interfaces are still up: eth0',
    });
    assert.deepEqual([...up], ['lo', 'eth0']);
  });
});

describe('system.lockdown', () => {
  it('is refused before anything where the network is not ours', async () => {
    const context = bootContext();
    await assert.rejects(lockdown.run({}, context), { name: 'SafetyLatchError' });
    assert.deepEqual(context.calls, []);
  });

  it('changes nothing before it is answered', async () => {
    for (const owner of [{ insideRamdisk: true }, { ownNetworkNamespace: true }]) {
      const { up, run } = machine(['lo', 'eth0']);
      assert.equal(await lockdown.run({}, { ...bootContext(owner), run }), null);
      assert.deepEqual([...up], ['lo', 'eth0']);
    }
  });
});
