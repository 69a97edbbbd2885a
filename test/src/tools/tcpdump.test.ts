import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { captureArgs } from '../../../src/tools/tcpdump.ts';

/** What really happens is in test/disk/lldp.test.ts. */
describe('captureArgs', () => {
  it('are those of the capture', () => {
    const line = readFileSync(new URL('../../fixtures/tools/tcpdump/lldp.cmd', import.meta.url), 'utf8').trim();
    assert.equal(['tcpdump', ...captureArgs('nic0', 'ether proto 0x88cc')].join(' '), line);
  });
});
