import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseProcessorFields, readProcessorFields } from '../../../src/tools/lscpu.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';

describe('lscpu', () => {
  it('names an ARM core, which /proc/cpuinfo does not', async () => {
    using machine = new CapturedMachine('aarch64-uefi');
    const fields = await readProcessorFields(machine.run);
    assert.equal(fields['Model name'], 'Neoverse-N1');
    assert.equal(fields['Socket(s)'], '2');
    assert.equal(machine.capture.files['/proc/cpuinfo']?.includes('model name'), false);
  });

  it('is read as a tree, too, and by the first of two fields of one name; what is not known is not there', () => {
    const core = (name: string) => ({ field: 'Model name:', data: name, children: [{ field: 'Flags:', data: 'fp' }] });
    const text = JSON.stringify({
      lscpu: [core('Cortex-A76'), core('Cortex-A55'), { field: 'Socket(s):', data: '-' }],
    });
    assert.deepEqual(parseProcessorFields(text), { Flags: 'fp', 'Model name': 'Cortex-A76' });
  });

  it('is refused in another shape', () => {
    assert.throws(() => parseProcessorFields('{}'), /lscpu: expected a list of fields/);
  });
});
