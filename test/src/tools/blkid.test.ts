import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunTool } from '../../../src/core/tool.ts';
import { parseTags, probe, probeArgs } from '../../../src/tools/blkid.ts';
import { capturedOutput } from '../../support/captured-output.ts';

function answering(stdout: string, exitCode: number): RunTool {
  return async (call) => {
    assert.ok(call.okExitCodes?.includes(exitCode), `exit code ${exitCode} is an answer`);
    return { stdout, stderr: '', exitCode };
  };
}

test('asks as the captured output was asked for', () => {
  assert.deepEqual(probeArgs('/dev/loop0'), capturedOutput('blkid', 'gpt-disk').args);
  assert.deepEqual(probeArgs('/dev/loop0', 22528 * 512), capturedOutput('blkid', 'ext4-at-offset').args);
  const { args } = capturedOutput('blkid', 'member-at-end-of-part');
  assert.deepEqual(probeArgs('/dev/loop0', 1 << 20, 20 << 20), args);
});

test('reads a partition with a file system, and unescapes its label', () => {
  const tags = parseTags(capturedOutput('blkid', 'ext4-partition').text);
  assert.equal(tags.TYPE, 'ext4');
  assert.equal(tags.LABEL, 'root = disk');
  assert.equal(tags.PART_ENTRY_TYPE, '0fc63daf-8483-4772-8e79-3d69d8477de4');
});

test('reads a disk with a partition table', () => {
  const { PTTYPE, TYPE } = parseTags(capturedOutput('blkid', 'gpt-disk').text);
  assert.deepEqual([PTTYPE, TYPE], ['gpt', undefined]);
});

test('knows GFS2 by its superblock', async () => {
  const found = await probe(answering(capturedOutput('blkid', 'gfs2-superblock').text, 0), '/dev/loop0');
  assert.equal(found.kind === 'found' && found.tags.TYPE, 'gfs2');
});

test('knows a RAID member by the superblock at the end of a part of the disk', async () => {
  const answer = answering(capturedOutput('blkid', 'member-at-end-of-part').text, 0);
  const found = await probe(answer, '/dev/loop0', 1 << 20, 20 << 20);
  assert.equal(found.kind === 'found' && found.tags.TYPE, 'linux_raid_member');
});

test('tells nothing found from contradicting things found', async () => {
  assert.deepEqual(await probe(answering('', 2), '/dev/loop0'), { kind: 'nothing' });
  assert.deepEqual(await probe(answering('', 8), '/dev/loop0'), { kind: 'ambivalent' });
});
