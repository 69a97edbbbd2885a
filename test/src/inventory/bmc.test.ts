import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentFacts, AgentState } from '../../../src/core/agent-state.ts';
import type { RunTool, ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { hasBmc, readBmc } from '../../../src/inventory/bmc.ts';
import { rememberedBmc } from '../../../src/inventory/remembered-bmc.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';

function counted(run: RunTool) {
  const calls: ToolCall[] = [];
  const counting: RunTool = async (call) => {
    calls.push(call);
    return await run(call);
  };
  return { run: counting, calls };
}

const hangs: RunTool = async (call) => {
  throw new ToolError(call, { exitCode: null, why: 'killed after 10 s', stderrTail: '' });
};

function memoryState(facts: Partial<AgentFacts> = {}): AgentState {
  return {
    read: async (fact) => facts[fact] ?? null,
    write: async (fact, value) => void Object.assign(facts, { [fact]: value }),
  };
}

describe('the BMC', () => {
  it('is asked no further than the first channel with an address', async () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    const { run, calls } = counted(machine.run);
    assert.deepEqual(await readBmc(run), { ipv4: '192.0.2.4', ipv6: '::/0', mac: 'ac:1f:6b:00:00:04' });
    assert.equal(calls.length, 2);
  });

  it('without a LAN is asked for each channel once, and has the addresses of none', async () => {
    using machine = new CapturedMachine('i440fx-bios-usb');
    const { run, calls } = counted(machine.run);
    assert.deepEqual(await readBmc(run), { ipv4: '0.0.0.0', ipv6: '::/0', mac: null });
    assert.equal(calls.length, 11);
  });

  it('that does not answer is given up at the first call', async () => {
    const { run, calls } = counted(hangs);
    await assert.rejects(readBmc(run), /killed after 10 s/);
    assert.equal(calls.length, 1);
  });

  it('that answers too slowly is given up, and no call is given more time than is left', async () => {
    using machine = new CapturedMachine('i440fx-bios-usb');
    let time = 0;
    const { run, calls } = counted(async (call) => {
      time += 8000;
      return await machine.run(call);
    });
    await assert.rejects(
      readBmc(run, () => time),
      /not told of all its channels within 30 s/,
    );
    assert.deepEqual(
      calls.map(({ timeoutSeconds }) => timeoutSeconds),
      [10, 10, 10, 6],
    );
  });

  it('is there where the kernel has a device for it', () => {
    using without = new CapturedMachine('firecracker-vm');
    using withOne = new CapturedMachine('q35-uefi-numa-bmc');
    assert.deepEqual([hasBmc(without.root), hasBmc(withOne.root)], [false, true]);
  });
});

describe('rememberedBmc', () => {
  it('asks once in a boot', async () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    const state = memoryState();
    const first = await rememberedBmc(machine.run, state, () => true);
    assert.deepEqual(await rememberedBmc(hangs, state, () => true), first);
  });

  it('does not ask where Ironic said at the lookup that it does without', async () => {
    const settings = {
      md5Enabled: null,
      permittedImageFormats: null,
      disableDeepImageInspection: null,
      skipBmcDetect: true,
    };
    const found = await rememberedBmc(hangs, memoryState({ lookupSettings: settings }), () => true);
    assert.deepEqual(found, { ipv4: null, ipv6: null, mac: null });
  });

  it('asks nobody where there is none, and again where it did not answer', async () => {
    assert.equal((await rememberedBmc(hangs, memoryState(), () => false)).ipv4, null);
    const state = memoryState();
    await assert.rejects(rememberedBmc(hangs, state, () => true));
    assert.equal(await state.read('bmc'), null);
  });
});
