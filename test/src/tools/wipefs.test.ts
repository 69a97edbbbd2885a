import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import { eraseSignatures, listArgs, parseSignatures } from '../../../src/tools/wipefs.ts';
import { capturedOutput } from '../../support/captured-output.ts';

test('asks as the captured output was asked for', () => {
  assert.deepEqual(listArgs('/dev/loop0'), capturedOutput('wipefs', 'gpt-disk').args);
});

test('reads all signatures of a partition table', () => {
  const sizeBytes = 64 << 20;
  assert.deepEqual(parseSignatures(capturedOutput('wipefs', 'gpt-disk').text), [
    { offsetBytes: 4096, type: 'gpt', label: null },
    { offsetBytes: sizeBytes - 4096, type: 'gpt', label: null },
    { offsetBytes: 510, type: 'PMBR', label: null },
  ]);
});

test('reads a file system with its label', () => {
  const signatures = parseSignatures(capturedOutput('wipefs', 'ext4-partition').text);
  assert.deepEqual(signatures, [{ offsetBytes: 0x438, type: 'ext4', label: 'root = disk' }]);
});

test('knows GFS2 by its superblock', () => {
  const [signature] = parseSignatures(capturedOutput('wipefs', 'gfs2-superblock').text);
  assert.equal(signature?.type, 'gfs2');
});

test('finds nothing where nothing is', () => {
  assert.deepEqual(parseSignatures(capturedOutput('wipefs', 'empty-partition').text), []);
  assert.deepEqual(parseSignatures(''), []);
});

test('an unknown shape is an error, not an empty answer', () => {
  assert.throws(() => parseSignatures('{}'), /no signatures/);
  assert.throws(() => parseSignatures('{"signatures":[{"type":"gpt"}]}'), /without offset or type/);
  assert.throws(() => parseSignatures('wipefs: oops'), SyntaxError);
});

test('erasing states the device that it erases', async () => {
  const calls: ToolCall[] = [];
  await eraseSignatures(async (call) => {
    calls.push(call);
    return { stdout: '', stderr: '', exitCode: 0 };
  }, '/dev/loop0');
  const effect = { kind: 'device', device: '/dev/loop0' };
  assert.deepEqual(calls, [{ program: 'wipefs', args: ['--all', '--force', '/dev/loop0'], effect }]);
});
