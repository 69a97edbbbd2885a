import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunTool } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseEntries, readTable, showArgs } from '../../../src/tools/partx.ts';
import { capturedOutput } from '../../support/captured-output.ts';

function answering(answer: { stdout?: string; stderr?: string; exitCode: number }): RunTool {
  return async () => ({ stdout: '', stderr: '', ...answer });
}

test('asks as the captured output was asked for', () => {
  assert.deepEqual(showArgs('/dev/loop0'), capturedOutput('partx', 'gpt-4096').args);
});

test('reads a GPT, in bytes, also where a sector has 4096 of them', () => {
  const mebibyte = 1 << 20;
  assert.deepEqual(parseEntries(capturedOutput('partx', 'gpt-4096').text), [
    { number: 1, startBytes: mebibyte, sizeBytes: 10 * mebibyte, type: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b' },
    { number: 2, startBytes: 11 * mebibyte, sizeBytes: 55_554_048, type: '0fc63daf-8483-4772-8e79-3d69d8477de4' },
  ]);
});

test('reads the types of an MBR', () => {
  const types = parseEntries(capturedOutput('partx', 'mbr-vmfs').text).map(({ type }) => type);
  assert.deepEqual(types, ['0xfb', '0x83', '0x83']);
});

test('a disk without a table has no entries', async () => {
  const stderr = capturedOutput('partx', 'no-table').text;
  assert.deepEqual(await readTable(answering({ stderr, exitCode: 1 }), '/dev/loop0'), []);
  const stdout = capturedOutput('partx', 'empty-gpt').text;
  assert.deepEqual(await readTable(answering({ stdout, exitCode: 0 }), '/dev/loop0'), []);
});

test('a disk that cannot be read is an error, not a disk without a table', async () => {
  const stderr = 'partx: cannot open /dev/sdx: Input/output error';
  await assert.rejects(readTable(answering({ stderr, exitCode: 1 }), '/dev/sdx'), ToolError);
});

test('an unknown line is an error', () => {
  assert.throws(() => parseEntries('NR="1" START="x" SECTORS="2" TYPE="0x83"'), /unknown line/);
  assert.throws(() => parseEntries('NR="1" START="2048" SECTORS="2"'), /unknown line/);
});
