import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { commandCatalogue } from '../../../src/commands/catalogue.ts';
import type { AnyCommand } from '../../../src/core/command.ts';
import { stepProcesses } from '../../../src/core/ironic-node.ts';
import { type QueueName, queueNames, workerGroups } from '../../../src/core/queue-name.ts';
import { keysWithoutDescription } from '../../support/described-keys.ts';

const folder = path.join(import.meta.dirname, '../../../src/commands');

/** `standby/prepare-image.ts` -> `standby.prepare_image` */
function nameOf(file: string): string {
  return file.replace(/\.ts$/, '').replace('/', '.').replaceAll('-', '_');
}

const names = [
  'clean.execute_clean_step',
  'clean.get_clean_steps',
  'deploy.execute_deploy_step',
  'deploy.get_deploy_steps',
  'flow.start_flow',
  'image.install_bootloader',
  'log.collect_system_logs',
  'poll.get_hardware_info',
  'poll.set_node_info',
  'rescue.finalize_rescue',
  'service.execute_service_step',
  'service.get_service_steps',
  'standby.execute_bootc_install',
  'standby.get_partition_uuids',
  'standby.power_off',
  'standby.prepare_image',
  'standby.run_image',
  'standby.sync',
  'system.lockdown',
];

function isFixed({ handling }: AnyCommand): boolean {
  return handling.kind === 'fixed';
}

describe('the command catalogue', () => {
  it('has the commands of the contract', () => {
    assert.deepEqual([...commandCatalogue.keys()].sort(), names);
  });

  it('has every file of its folders, under the name that is its path', async () => {
    for (const file of globSync('*/*.ts', { cwd: folder })) {
      const module = (await import(path.join(folder, file))) as Record<string, unknown>;
      const catalogued = commandCatalogue.get(nameOf(file));
      assert.ok(catalogued, `${file} is not in the catalogue as ${nameOf(file)}`);
      assert.ok(Object.values(module).includes(catalogued), `${nameOf(file)} does not come from ${file}`);
    }
    assert.deepEqual(globSync('*/*.ts', { cwd: folder }).map(nameOf).sort(), names);
  });
});

for (const [name, command] of commandCatalogue) {
  describe(`the command ${name}`, () => {
    it('is frozen, under its own name, with something to run', () => {
      assert.equal(command.name, name);
      assert.ok(Object.isFrozen(command));
      assert.equal(typeof command.run, 'function');
      assert.equal(typeof command.abortable, 'boolean');
    });

    it('is summed up in one sentence', () => {
      assert.match(command.summary, /^[A-Z][^.]*\.$/);
    });

    it('describes every parameter', () => {
      assert.deepEqual(keysWithoutDescription(command.params, 'params'), []);
    });

    it('gives its parameters as JSON schema', () => {
      const schema = command.params['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
      assert.equal(schema.type, 'object');
      JSON.stringify(schema);
    });

    it('says how it is handled, with words that exist', () => {
      const { handling } = command;
      if (handling.kind === 'as-step') assert.ok(stepProcesses.includes(handling.process));
      else {
        assert.ok(queueNames.includes(handling.queue));
        assert.ok(['repeatable', 'resumable', 'once'].includes(handling.replay));
        assert.ok(['bytes', 'devices', 'steps', 'seconds'].includes(handling.progress));
      }
    });

    it('is quick and safe to repeat where the caller waits for it', () => {
      if (command.mode === 'async') return;
      assert.ok(isFixed(command), 'a step may take hours');
      if (command.handling.kind !== 'fixed') return;
      const { queue, replay } = command.handling;
      assert.notEqual(replay, 'once');
      const shortWork: readonly QueueName[] = workerGroups.system;
      assert.ok(shortWork.includes(queue), `${queue} is also for work that takes hours`);
    });
  });
}
