import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dmidecodeArgs, parseDmidecode, readDmi } from '../../../src/tools/dmidecode.ts';
import { capturedOutput } from '../../support/captured-output.ts';

/** dmidecode 3.4 on the tables of a QEMU with two sockets. */
const qemu = capturedOutput('dmidecode', 'qemu');

describe('parseDmidecode', () => {
  it('gives each structure its type and its fields', () => {
    const structures = parseDmidecode(qemu.text);
    assert.deepEqual(
      structures.map(({ type }) => type),
      [0, 4, 4, 16, 17],
    );
    assert.equal(structures[0]?.fields['Vendor'], 'Ironhand Test');
    assert.equal(structures[2]?.fields['Socket Designation'], 'CPU 1');
    assert.equal(structures[2]?.fields['ID'], 'B1 0F 06 00 FD FB 8B 07');
    assert.equal(structures[4]?.fields['Configured Memory Speed'], '3200 MT/s');
  });

  it('makes a list of the lines below a label, and goes on after it', () => {
    const { fields } = parseDmidecode(qemu.text)[0] ?? {};
    assert.deepEqual(fields?.['Characteristics'], [
      'BIOS characteristics not supported',
      'Targeted content distribution is supported',
      'System is a virtual machine',
    ]);
    assert.equal(fields?.['BIOS Revision'], '1.2');
  });

  it('finds nothing where there is nothing', () => {
    assert.deepEqual(parseDmidecode(''), []);
    assert.deepEqual(parseDmidecode('# dmidecode 3.4\nScanning /dev/mem for entry point.\n'), []);
  });
});

describe('readDmi', () => {
  it('asks for the types of the capture', async () => {
    assert.deepEqual(qemu.args.slice(2), dmidecodeArgs);
    const asked: unknown[] = [];
    await readDmi((call) => {
      asked.push(call.effect);
      return Promise.resolve({ stdout: qemu.text, stderr: '', exitCode: 0 });
    });
    assert.deepEqual(asked, [{ kind: 'read' }]);
  });
});
