import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import { discardArgs, discardRange } from '../../../src/tools/blkdiscard.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const MiB = 1024 * 1024;
const range = { offsetBytes: 16 * MiB, lengthBytes: MiB };

test('asks as the captured output was asked for', () => {
  assert.deepEqual(discardArgs('/dev/loop0', range), capturedOutput('blkdiscard', 'range').args);
});

test('discarding states the device that it changes, and gives it time', async () => {
  const calls: ToolCall[] = [];
  await discardRange(
    async (call) => {
      calls.push(call);
      return { stdout: '', stderr: capturedOutput('blkdiscard', 'range').stderr, exitCode: 0 };
    },
    '/dev/loop0',
    range,
  );
  assert.deepEqual(
    calls.map(({ program, effect, timeoutSeconds }) => ({ program, effect, timeoutSeconds })),
    [{ program: 'blkdiscard', effect: { kind: 'device', device: '/dev/loop0' }, timeoutSeconds: 600 }],
  );
});
