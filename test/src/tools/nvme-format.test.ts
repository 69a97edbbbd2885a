import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import { formatArgs, formatDword10, formatNvme, type NvmeFormat } from '../../../src/tools/nvme-format.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const plain: NvmeFormat = {
  device: '/dev/loop0',
  erase: 'user-data',
  namespaceId: 1,
  keep: { lbaFormat: 0, extendedMetadata: false, protectionType: 0, protectionFirst: false },
  timeoutSeconds: 86_400,
};

suite('nvme format', () => {
  test('is sent as the real program took it, with the time limit that reached the kernel', () => {
    assert.deepEqual(formatArgs(plain), capturedOutput('nvme', 'shim-format').args);
  });

  test('always carries a secure erase', () => {
    assert.equal((formatDword10(plain) >> 9) & 7, 1);
    assert.equal((formatDword10({ ...plain, erase: 'crypto' }) >> 9) & 7, 2);
  });

  test('keeps what the namespace looks like', () => {
    const keep = { lbaFormat: 1, extendedMetadata: true, protectionType: 1, protectionFirst: true };
    assert.equal(formatDword10({ erase: 'user-data', keep }), 0x331);
    assert.equal(formatDword10({ erase: 'crypto', keep: { ...plain.keep, lbaFormat: 0x23 } }), 0x2403);
  });

  test('asks the latch for the device, and outlives the time limit of the kernel', async () => {
    const calls: ToolCall[] = [];
    const run = async (call: ToolCall) => {
      calls.push(call);
      return { stdout: '', stderr: '', exitCode: 0 };
    };
    await formatNvme(run, plain);
    assert.deepEqual(calls[0]?.effect, { kind: 'device', device: '/dev/loop0' });
    assert.ok((calls[0]?.timeoutSeconds ?? 0) > plain.timeoutSeconds);
  });
});
