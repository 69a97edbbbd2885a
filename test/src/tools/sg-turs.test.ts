import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { testUnitReady } from '../../../src/tools/sg-turs.ts';
import { answeringTool } from '../../support/answering-tool.ts';

const readiness = (name: string) => testUnitReady(answeringTool('sg_turs', name).run, '/dev/sda');

suite('the test whether a unit is ready', () => {
  test('knows a disk that is', async () => {
    assert.deepEqual(await readiness('ready'), { kind: 'ready' });
  });

  test('tells how far a sanitize or a format is', async () => {
    const sanitizing = { kind: 'not-ready', text: 'Logical unit not ready, sanitize in progress', progress: 0x4000 };
    assert.deepEqual(await readiness('sanitizing'), sanitizing);
    const formatting = { kind: 'not-ready', text: 'Logical unit not ready, format in progress', progress: 0xc000 };
    assert.deepEqual(await readiness('formatting'), formatting);
    assert.deepEqual(await readiness('formatting-silent'), { ...formatting, progress: null });
  });

  test('tells why a disk is not ready', async () => {
    const text = 'Logical unit is in process of becoming ready';
    assert.deepEqual(await readiness('becoming-ready'), { kind: 'not-ready', text, progress: null });
  });

  test('tells what failed', async () => {
    assert.deepEqual(await readiness('sanitize-failed'), { kind: 'medium-error', text: 'Sanitize command failed' });
    assert.deepEqual(await readiness('format-failed'), { kind: 'medium-error', text: 'Format command failed' });
    assert.deepEqual(await readiness('format-corrupt'), { kind: 'medium-error', text: 'Medium format corrupted' });
  });

  test('passes on that the disk was reset', async () => {
    const text = 'Power on, reset, or bus device reset occurred';
    assert.deepEqual(await readiness('attention'), { kind: 'unit-attention', text });
  });

  for (const name of ['no-connect', 'error', 'gone']) {
    test(`takes no silence for readiness: ${name}`, async () => {
      await assert.rejects(readiness(name), ToolError);
    });
  }
});
