import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vlansInLldp } from '../../../../src/inspection/lldp/vlans.ts';

describe('vlansInLldp', () => {
  it('gives the named VLANs once each, in the order of the switch', () => {
    const tlvs = [
      [1, '045254000000fe'],
      [127, '0080c20300ca05766c323032'],
      [127, '0080c203006505766c313031'],
      [127, '0080C20300CA05766C323032'],
    ] as const;
    assert.deepEqual(vlansInLldp(tlvs), [202, 101]);
  });

  it('passes over the untagged VLAN of the port, other organizations, and other pieces', () => {
    const tlvs = [
      [127, '0080c2010065'],
      [127, '00120f0300650576'],
      [5, '0080c203006505766c313031'],
    ] as const;
    assert.deepEqual(vlansInLldp(tlvs), []);
  });

  it('passes over numbers that no VLAN has, and pieces that are cut off', () => {
    const tlvs = ['0080c2030000', '0080c2030fff', '0080c203ffff', '0080c20300', '0080c203', ''].map(
      (hex) => [127, hex] as const,
    );
    assert.deepEqual(vlansInLldp(tlvs), []);
    assert.deepEqual(vlansInLldp([[127, '0080c2030ffe']]), [4094]);
  });
});
