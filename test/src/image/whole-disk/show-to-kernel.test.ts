import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolCall } from '../../../../src/core/tool.ts';
import { showToKernel } from '../../../../src/image/whole-disk/show-to-kernel.ts';

async function callsFor(path: string): Promise<readonly ToolCall[]> {
  const calls: ToolCall[] = [];
  const run = async (call: ToolCall) => {
    calls.push(call);
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  await showToKernel(path, { run, log: { info: () => undefined, warn: () => undefined } });
  return calls.filter(({ program }) => program === 'partx');
}

test('the kernel looks at the partition table of a disk again', async () => {
  const effect = { kind: 'device', device: '/dev/vda' };
  assert.deepEqual(await callsFor('/dev/vda'), [{ program: 'partx', args: ['--update', '/dev/vda'], effect }]);
});

for (const path of ['/dev/dm-7', '/dev/mapper/mpatha']) {
  test(`it is not asked to on the device mapper, where it knows no partitions (${path})`, async () => {
    assert.deepEqual(await callsFor(path), []);
  });
}
