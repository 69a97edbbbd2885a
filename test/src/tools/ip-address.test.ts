import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddresses, readAddresses } from '../../../src/tools/ip-address.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';

describe('ip address', () => {
  it('tells the addresses of an interface, and the permanent one of a card where a bond has given it another', async () => {
    using machine = new CapturedMachine('bond-vlan');
    const links = await readAddresses(machine.run);
    const link = (name: string) => links.find((each) => each.name === name);
    assert.deepEqual(link('enp0s4'), {
      name: 'enp0s4',
      permanentAddress: '3c:fd:fe:00:00:03',
      ipv4: ['192.0.2.3'],
      ipv6: [],
    });
    assert.deepEqual([link('bond0')?.permanentAddress, link('enp0s2')?.permanentAddress], [null, null]);
  });

  it('is refused in another shape', () => {
    assert.throws(() => parseAddresses('{}'), /ip: expected a list of interfaces/);
  });
});
