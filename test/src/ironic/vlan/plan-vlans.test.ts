import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linksToAsk, planVlans } from '../../../../src/ironic/vlan/plan-vlans.ts';
import type { Link } from '../../../../src/tools/ip.ts';

const link = (name: string, macAddress: string | null, isLoopback = false): Link => ({
  name,
  macAddress,
  isUp: true,
  isLoopback,
});
const links = [
  link('lo', '00:00:00:00:00:00', true),
  link('eth0', '52:54:00:00:00:01'),
  link('eth1', '52:54:00:00:00:02'),
  link('enp175s0f1np1', null),
];
const names = (wanted: readonly string[], told = {}) => planVlans(wanted, links, told).vlans.map(({ name }) => name);
const refusals = (wanted: readonly string[], told = {}) => planVlans(wanted, links, told).refusals.join('; ');

describe('enable_vlan_interfaces', () => {
  it('names an interface by its name or by its MAC address, and the VLAN', () => {
    assert.deepEqual(planVlans(['eth0.7', '52:54:00:00:00:02.4094', 'ETH1.5'], links, {}), {
      vlans: [
        { link: 'eth0', vlan: 7, name: 'eth0.7' },
        { link: 'eth1', vlan: 4094, name: 'eth1.4094' },
      ],
      refusals: ['ETH1.5: expected an interface of this machine (lo, eth0, eth1, enp175s0f1np1)'],
    });
    assert.deepEqual(names(['52:54:00:00:00:0A.7'.replace('0A', '01').toUpperCase()]), ['eth0.7']);
  });

  it('takes the VLANs of the switch for an interface without a number, and for all of them', () => {
    const told = { eth0: [2, 3], eth1: [4] };
    assert.deepEqual(names(['eth0'], told), ['eth0.2', 'eth0.3']);
    assert.deepEqual(names(['all'], told), ['eth0.2', 'eth0.3', 'eth1.4']);
    assert.deepEqual(names(['eth0', 'all', 'eth0.3'], told), ['eth0.2', 'eth0.3', 'eth1.4']);
    assert.deepEqual(linksToAsk(['all'], links), ['eth0', 'eth1', 'enp175s0f1np1']);
    assert.deepEqual(linksToAsk(['eth1', 'eth0.7'], links), ['eth1']);
  });

  it('makes nothing that is there already, and does not ask its switch', () => {
    const made = [...links, link('eth0.7', '52:54:00:00:00:01')];
    assert.deepEqual(planVlans(['eth0.7'], made, {}), { vlans: [], refusals: [] });
    assert.deepEqual(linksToAsk(['eth0.7'], made), []);
  });

  it('refuses a VLAN that does not exist, a name that is too long, and silence of the switch', () => {
    assert.match(refusals(['eth0.0', 'eth0.4095']), /eth0\.0: expected a VLAN from 1 to 4094; eth0\.4095: /);
    assert.match(refusals(['enp175s0f1np1.700']), /expected a name of at most 15 characters/);
    assert.match(refusals(['eth0', 'all']), /eth0: expected VLANs .* got none; all: expected VLANs/);
    assert.deepEqual(names(['eth0.0', 'enp175s0f1np1.700', 'eth9', 'all']), []);
  });
});
