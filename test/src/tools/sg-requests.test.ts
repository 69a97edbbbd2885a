import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseHexDump, requestSense } from '../../../src/tools/sg-requests.ts';
import { answeringTool } from '../../support/answering-tool.ts';

const sense = (name: string, device = '/dev/sda') => requestSense(answeringTool('sg_requests', name).run, device);

suite('sense data', () => {
  test('tell how far a sanitize is, in the fixed format', async () => {
    assert.deepEqual(await sense('sanitizing'), { key: 2, asc: 0x04, ascq: 0x1b, progress: 0x4000 });
  });

  test('tell how far a sanitize is, in the descriptor format', async () => {
    assert.deepEqual(await sense('sanitizing-descriptor'), { key: 2, asc: 0x04, ascq: 0x1b, progress: 0x8000 });
  });

  test('tell how far a format is', async () => {
    assert.deepEqual(await sense('formatting'), { key: 2, asc: 0x04, ascq: 0x04, progress: 0xc000 });
  });

  test('need not tell how far it is', async () => {
    assert.deepEqual(await sense('sanitizing-silent'), { key: 2, asc: 0x04, ascq: 0x1b, progress: null });
  });

  test('tell that a sanitize failed', async () => {
    assert.deepEqual(await sense('sanitize-failed'), { key: 3, asc: 0x31, ascq: 0x03, progress: null });
  });

  test('of a disk with nothing to say are all zero', async () => {
    assert.deepEqual(await sense('nothing'), { key: 0, asc: 0, ascq: 0, progress: null });
    assert.deepEqual(await sense('after-hang', '/dev/sdd'), { key: 0, asc: 0, ascq: 0, progress: null });
  });

  test('may be left over from a command that was refused', async () => {
    assert.deepEqual(await sense('idle', '/dev/sdd'), { key: 5, asc: 0x24, ascq: 0, progress: null });
  });

  test('are none where the answer is empty', async () => {
    assert.equal(await sense('idle-ata', '/dev/sdc'), null);
  });

  for (const name of ['no-connect', 'timed-out', 'error', 'gone']) {
    test(`are not invented where no answer came: ${name}`, async () => {
      await assert.rejects(sense(name), ToolError);
    });
  }

  test('of a dump that is none are refused', () => {
    assert.throws(() => parseHexDump('sg_requests failed'), /unknown line/);
  });
});
