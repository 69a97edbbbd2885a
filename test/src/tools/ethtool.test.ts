import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseFastestMode, readFastestMode } from '../../../src/tools/ethtool.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';

describe('ethtool', () => {
  it('tells the fastest mode that a card supports, not what it advertises or does', async () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    assert.equal(await readFastestMode(machine.run, 'eno1'), 1000);
    const slowed = machine
      .output('ethtool', 'eno1')
      .stdout.replace(/(Supported link modes:.*)\n.*\n.*1000.*\n/, '$1\n');
    assert.equal(parseFastestMode(slowed), 10);
  });

  it('knows no mode of a virtual card, of one that is gone, or without the program', async () => {
    using machine = new CapturedMachine('firecracker-vm');
    assert.equal(await readFastestMode(machine.run, 'eth0'), null);
    assert.equal(await readFastestMode(machine.run, 'ifb0'), null);
    const missing = async (call: { readonly program: string; readonly args: readonly string[] }) => {
      throw new ToolError(call, { exitCode: null, why: 'ethtool is not installed', stderrTail: '' });
    };
    assert.equal(await readFastestMode(missing, 'eth0'), null);
  });
});
