import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { optionDeclarations } from '../../../src/config/declarations.ts';
import { stepProcesses } from '../../../src/core/ironic-node.ts';
import { queueNames } from '../../../src/core/queue-name.ts';
import { stepCatalogue } from '../../../src/steps/catalogue.ts';
import { keysWithoutDescription } from '../../support/described-keys.ts';

const folder = path.join(import.meta.dirname, '../../../src/steps');
const files = globSync('*.ts', { cwd: folder }).filter((file) => file !== 'catalogue.ts');

/** `write-image.ts` -> `write_image` */
function nameOf(file: string): string {
  return file.replace(/\.ts$/, '').replaceAll('-', '_');
}

const names = [
  'burnin_cpu',
  'burnin_disk',
  'burnin_gpu',
  'burnin_memory',
  'burnin_network',
  'clean_uefi_nvram',
  'erase_devices',
  'erase_devices_express',
  'erase_devices_metadata',
  'erase_pstore',
  'execute_bootc_install',
  'inject_files',
  'write_image',
];

describe('the step catalogue', () => {
  it('has the steps of the contract', () => {
    assert.deepEqual([...stepCatalogue.keys()].sort(), names);
  });

  it('has every file of its folder, under the name that is its path', async () => {
    assert.deepEqual(files.map(nameOf).sort(), names);
    for (const file of files) {
      const module = (await import(path.join(folder, file))) as Record<string, unknown>;
      assert.ok(Object.values(module).includes(stepCatalogue.get(nameOf(file))), `${nameOf(file)} is not from ${file}`);
    }
  });
});

for (const [name, step] of stepCatalogue) {
  describe(`the step ${name}`, () => {
    it('is frozen, under its own name, with something to run', () => {
      assert.equal(step.name, name);
      assert.ok(Object.isFrozen(step));
      assert.equal(typeof step.run, 'function');
      assert.deepEqual([typeof step.abortable, typeof step.rebootRequested], ['boolean', 'boolean']);
    });

    it('is summed up in one sentence', () => {
      assert.match(step.summary, /^[A-Z][^.]*\.$/);
    });

    it('is offered in some process, with a priority that is a whole number, or an option that says one', () => {
      const offers = Object.entries(step.offer);
      assert.ok(offers.length > 0);
      for (const [process, priority] of offers) {
        assert.ok(stepProcesses.some((each) => each === process));
        const number = Number(typeof priority === 'number' ? priority : optionDeclarations[priority].default);
        assert.ok(Number.isInteger(number) && number >= 0, `${process}: ${priority}`);
      }
    });

    it('describes every argument', () => {
      assert.deepEqual(keysWithoutDescription(step.args, 'args'), []);
    });

    it('gives its arguments as JSON schema', () => {
      const schema = step.args['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
      assert.equal(schema.type, 'object');
      JSON.stringify(schema);
    });

    it('says how it is handled, with words that exist', () => {
      assert.ok(['deploy', 'raid', 'bios', 'management', 'power', 'firmware'].includes(step.interface));
      assert.ok(queueNames.includes(step.queue));
      assert.ok(['repeatable', 'resumable', 'once'].includes(step.replay));
      assert.ok(['bytes', 'devices', 'steps', 'seconds'].includes(step.progress));
    });
  });
}
