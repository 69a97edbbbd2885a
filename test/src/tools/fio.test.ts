import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { diskPassArgs, networkPassArgs, networkPorts } from '../../../src/tools/fio.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const disks = [
  { path: '/dev/loop0', bytes: 67_108_864 },
  { path: '/dev/loop1', bytes: 16_777_216 },
];

suite('fio', () => {
  test('is called as it was when it was captured', () => {
    const args = (name: string) => capturedOutput('fio', name).args;
    assert.deepEqual(diskPassArgs({ kind: 'write', checksum: 'crc32c', disks, runtimeSeconds: null }), args('write'));
    assert.deepEqual(diskPassArgs({ kind: 'verify', checksum: 'crc32c', disks, runtimeSeconds: 60 }), args('verify'));
    assert.deepEqual(
      networkPassArgs({ kind: 'read', partner: '127.0.0.1', ports: networkPorts.slice(0, 2) }),
      args('nobody-listens'),
    );
  });

  test('runs in one process, so that nothing of it outlives its worker', () => {
    const network = networkPassArgs({ kind: 'write', partner: 'other', runtimeSeconds: 5 });
    const disk = diskPassArgs({ kind: 'write', checksum: 'xxhash', disks, runtimeSeconds: null });
    for (const args of [network, disk]) assert.ok(args.includes('--thread'), args.join(' '));
  });

  test('speaks IPv6 with a partner that has such an address', () => {
    assert.ok(networkPassArgs({ kind: 'read', partner: 'fd00::1', ports: networkPorts }).includes('--proto=tcp6'));
    assert.ok(!networkPassArgs({ kind: 'read', partner: 'host-1', ports: networkPorts }).includes('--proto=tcp6'));
  });
});
