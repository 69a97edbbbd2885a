import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { readSupport } from '../../../src/tools/sg-opcodes.ts';
import { answeringTool } from '../../support/answering-tool.ts';

const formatUnit = { operationCode: 0x04 };
const sanitize = (serviceAction: number) => ({ operationCode: 0x48, serviceAction });
const support = (name: string, command: { operationCode: number; serviceAction?: number }, device = '/dev/sda') =>
  readSupport(answeringTool('sg_opcodes', name).run, device, command);

suite('the commands of a drive', () => {
  test('are asked for one by one', async () => {
    assert.equal(await support('sanitize-overwrite', sanitize(1)), 'supported');
    assert.equal(await support('sanitize-block', sanitize(2)), 'supported');
    assert.equal(await support('sanitize-crypto', sanitize(3)), 'supported');
    assert.equal(await support('format', formatUnit), 'supported');
    assert.equal(await support('format-this-unit', formatUnit), 'supported');
  });

  test('that it does not have are told', async () => {
    assert.equal(await support('no-sanitize-crypto', sanitize(3)), 'not-supported');
    assert.equal(await support('no-format', formatUnit), 'not-supported');
  });

  test('are none where the drive does not tell them', async () => {
    assert.equal(await support('opcodes-sanitize', sanitize(3), '/dev/sdd'), 'not-supported');
    assert.equal(await support('not-told', sanitize(3)), 'not-supported');
  });

  test('may go over other logical units', async () => {
    assert.equal(await support('sanitize-block-all-units', sanitize(2)), 'other-units-too');
    assert.equal(await support('format-some-units', formatUnit), 'other-units-too');
  });

  test('are asked for again after a unit attention', async () => {
    const tool = answeringTool('sg_opcodes', 'attention', 'attention', 'sanitize-crypto');
    assert.equal(await readSupport(tool.run, '/dev/sda', sanitize(3)), 'supported');
    assert.equal(tool.calls.length, 3);
  });

  test('are not asked for without end', async () => {
    await assert.rejects(support('attention', sanitize(3)), ToolError);
  });

  test('are not told by a disk that does not answer', async () => {
    await assert.rejects(support('no-connect', sanitize(3)), /no answer came from the drive/);
    await assert.rejects(support('sanitizing', sanitize(3)), ToolError);
    await assert.rejects(support('missing', sanitize(3), '/dev/sdz'), ToolError);
  });
});
