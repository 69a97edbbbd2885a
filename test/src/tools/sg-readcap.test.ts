import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseCapacity, readCapacity } from '../../../src/tools/sg-readcap.ts';
import { answeringTool } from '../../support/answering-tool.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const capacity = (name: string, device = '/dev/sda') => readCapacity(answeringTool('sg_readcap', name).run, device);

suite('the capacity of a SCSI disk', () => {
  test('tells size, sectors and what unmapped blocks read as', async () => {
    const expected = { blocks: 2097152, blockBytes: 512, protection: null, zerosWhenUnmapped: true };
    assert.deepEqual(await capacity('reads-zeros'), expected);
    assert.deepEqual(await capacity('reads-anything'), { ...expected, zerosWhenUnmapped: false });
    assert.deepEqual(await capacity('long', '/dev/sdd'), { ...expected, zerosWhenUnmapped: false });
  });

  test('tells protection information as the type that people say', () => {
    const { text } = capturedOutput('sg_readcap', 'reads-zeros');
    const type2 = text.replace('prot_en=0, p_type=0, p_i_exponent=0', 'prot_en=1, p_type=1, p_i_exponent=3');
    assert.deepEqual(parseCapacity(type2).protection, { type: 2, intervalExponent: 3 });
  });

  for (const name of ['no-connect', 'sanitizing', 'illegal']) {
    test(`is not invented: ${name}`, async () => {
      await assert.rejects(capacity(name), ToolError);
    });
  }

  test('of a disk whose blocks have no bytes is refused', () => {
    assert.throws(() => parseCapacity(capturedOutput('sg_readcap', 'no-connect').text), /0 bytes/);
  });

  test('of an unknown answer is refused', () => {
    assert.throws(() => parseCapacity('Read Capacity results:\n'), /unknown answer/);
  });
});
