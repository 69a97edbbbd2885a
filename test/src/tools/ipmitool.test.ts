import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLan, parseLan6, readLan } from '../../../src/tools/ipmitool.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';

const limits = { timeoutSeconds: 10 };

/** In the layout of ipmitool 1.8.19 (lib/ipmi_cfgp.c, lib/ipmi_lanp6.c); no BMC in reach has IPv6, so this is not captured. */
function lan6(...addresses: readonly (readonly [kind: string, address: string, status: string])[]): string {
  const blocks = addresses.map(
    ([kind, address, status], index) =>
      `IPv6 ${kind} Address ${index}:\n    Address:        ${address}\n    Status:         ${status}\n`,
  );
  return `IPv6/IPv4 Addressing Enables: both\n${blocks.join('')}IPv6 Static Router 1:\n    Address: 2001:db8::ffff\n`;
}

describe('ipmitool', () => {
  it('tells the address of a LAN channel', async () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    assert.deepEqual(await readLan(machine.run, 1, limits), { ipv4: '192.0.2.4', mac: 'ac:1f:6b:00:00:04' });
  });

  it('has no settings for a channel that is none', async () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    assert.equal(await readLan(machine.run, 2, limits), null);
    assert.deepEqual(parseLan(''), { ipv4: null, mac: null });
  });

  it('fails where there is no BMC', async () => {
    const { ToolError } = await import('../../../src/errors/tool-error.ts');
    await assert.rejects(
      readLan(
        async (call) => {
          const stderrTail = 'Could not open device at /dev/ipmi0 or /dev/ipmi/0: No such file or directory';
          throw new ToolError(call, { exitCode: 1, why: 'exit code 1', stderrTail });
        },
        1,
        limits,
      ),
      /Could not open device/,
    );
  });

  it('tells an IPv6 address in use: a static one first, a link-local one last', () => {
    assert.equal(
      parseLan6(lan6(['Static', '::/0', 'disabled'], ['Dynamic', '2001:db8::2/64', 'active'])),
      '2001:db8::2',
    );
    assert.equal(
      parseLan6(lan6(['Dynamic', '2001:db8::2/64', 'active'], ['Static', '2001:db8::1/64', 'active'])),
      '2001:db8::1',
    );
    assert.equal(
      parseLan6(lan6(['Dynamic', 'fe80::1/64', 'active'], ['Dynamic', '2001:db8::2/64', 'active'])),
      '2001:db8::2',
    );
    assert.equal(parseLan6(lan6(['Static', '2001:db8::1/64', 'disabled'], ['Dynamic', '::/0', 'active'])), null);
  });

  it('tells none where IPv6 is switched off', () => {
    const off = lan6(['Static', '2001:db8::1/64', 'active']).replace('Enables: both', 'Enables: ipv4');
    assert.equal(parseLan6(off), null);
  });
});
