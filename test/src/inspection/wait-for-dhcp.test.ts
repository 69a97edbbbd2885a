import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DhcpWait, waitForDhcp } from '../../../src/inspection/wait-for-dhcp.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type Seen = ReturnType<DhcpWait['interfaces']>[number];

function nic(name: string, ipv4: string | null, { carrier = true } = {}): Seen {
  return { name, mac_address: `52:54:00:00:00:0${name.at(-1)}`, ipv4_address: ipv4, has_carrier: carrier };
}

/** What is seen at each look, the last one for ever. */
async function wait(looks: readonly (readonly Seen[])[], more: Partial<DhcpWait> = {}) {
  const clock = new FakeClock();
  let look = 0;
  const without = await waitForDhcp(
    {
      interfaces: () => looks[Math.min(look++, looks.length - 1)] ?? [],
      pxeInterface: null,
      all: false,
      timeoutSeconds: 60,
      signal: new AbortController().signal,
      ...more,
    },
    clock,
  );
  return { without, seconds: clock.sleeps.reduce((sum, each) => sum + each, 0) };
}

describe('waitForDhcp', () => {
  it('looks every 2 s until the interface that was booted from has an address, whatever the others have', async () => {
    const looks = [
      [nic('eth0', null), nic('eth1', null)],
      [nic('eth0', '10.0.0.5'), nic('eth1', null)],
      [nic('eth0', '10.0.0.5'), nic('eth1', '10.0.0.6')],
    ];
    assert.deepEqual(await wait(looks, { pxeInterface: '01-52-54-00-00-00-01' }), { without: [], seconds: 4 });
    assert.deepEqual(await wait(looks, { pxeInterface: '52:54:00:00:00:00' }), { without: [], seconds: 2 });
    assert.deepEqual(await wait(looks, { pxeInterface: '01-52-54-00-00-00-00', all: true }), {
      without: [],
      seconds: 4,
    });
    assert.deepEqual(await wait(looks), { without: [], seconds: 4 });
  });

  it('does not wait for an interface without a link, but for one link at least', async () => {
    const looks = [
      [nic('eth0', null, { carrier: false }), nic('eth1', null, { carrier: false })],
      [nic('eth0', null, { carrier: false }), nic('eth1', '10.0.0.6')],
    ];
    assert.deepEqual(await wait(looks), { without: [], seconds: 2 });
  });

  it('gives up when the time is up, and names who has no address; a link-local one is none', async () => {
    const looks = [[nic('eth0', '169.254.7.7'), nic('eth1', '10.0.0.6'), nic('eth2', null, { carrier: false })]];
    assert.deepEqual(await wait(looks, { timeoutSeconds: 5 }), { without: ['eth0'], seconds: 5 });
    assert.deepEqual(await wait(looks, { timeoutSeconds: 0 }), { without: ['eth0'], seconds: 0 });
    const dark = [[nic('eth0', null, { carrier: false })]];
    assert.deepEqual(await wait(dark, { timeoutSeconds: 3 }), { without: ['eth0'], seconds: 3 });
  });

  it('ends when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(wait([[nic('eth0', null)]], { signal }), /stopped/);
  });
});
