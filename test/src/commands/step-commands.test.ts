import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import joi from 'joi';
import { commandCatalogue } from '../../../src/commands/catalogue.ts';
import type { AgentFacts } from '../../../src/core/agent-state.ts';
import { type StepProcess, stepProcesses } from '../../../src/core/ironic-node.ts';
import type { JobContext, StepContext } from '../../../src/core/job-context.ts';
import { defineStep } from '../../../src/core/step.ts';
import { BlockDeviceEraseError } from '../../../src/errors/catalogue.ts';
import { createManagerRegistry } from '../../../src/hardware/registry.ts';
import { jobRecords } from '../../support/job-records.ts';
import { memoryCertificates } from '../../support/memory-certificates.ts';
import { memoryCheckpoint } from '../../support/memory-checkpoint.ts';
import { silentHost } from '../../support/silent-host.ts';

type Run = (args: object, context: StepContext) => Promise<unknown>;

const node = { uuid: 'a', properties: { root_device: { name: '/dev/sda' } }, driver_info: { ipmi_password: 'hush' } };
const step = { step: 'wipe', interface: 'deploy', args: { deep: true }, priority: 10 };

/** A machine with one manager, which offers the step `wipe` in every process. */
function machine(run: Run = () => Promise.resolve(null)) {
  const facts: Partial<AgentFacts> = {};
  const wipe = defineStep<object>({
    name: 'wipe',
    summary: 'Wipe.',
    interface: 'deploy',
    offer: { clean: 10, deploy: 0, service: 5 },
    args: joi.object({ deep: joi.boolean().description('Whether to wipe all of it.') }).unknown(),
    queue: 'erase',
    replay: 'repeatable',
    progress: 'bytes',
    abortable: true,
    rebootRequested: false,
    run,
  });
  const manager = {
    name: 'vendor',
    className: 'Vendor',
    version: '1.2',
    evaluateSupport: () => Promise.resolve(1),
    steps: [wipe],
  };
  const context: JobContext = {
    ...silentHost(),
    jobId: 'x',
    checkpoint: memoryCheckpoint(),
    spoolDir: tmpdir(),
    certificates: memoryCertificates(),
    ...jobRecords(),
    report: () => undefined,
    managers: createManagerRegistry([manager], []),
    state: {
      read: async (fact) => facts[fact] ?? null,
      write: async (fact, value) => void Object.assign(facts, { [fact]: value }),
    },
  };
  return { facts, context };
}

/** Runs a command as a worker does: with validated parameters. */
async function execute(name: string, params: object, context: JobContext): Promise<unknown> {
  const command = commandCatalogue.get(name);
  if (!command) throw new Error(`no command ${name}`);
  const { value, error } = command.params.validate(params, { convert: false });
  if (error) throw error;
  return await command.run(value, context);
}

const getSteps = (process: StepProcess, { context }: { context: JobContext }) =>
  execute(`${process}.get_${process}_steps`, { node, ports: [] }, context);
const executeStep = (process: StepProcess, params: object, { context }: { context: JobContext }) =>
  execute(`${process}.execute_${process}_step`, { step, node, ports: [], ...params }, context);

for (const process of stepProcesses) {
  // A mismatch makes a conductor leave the step out; in a deployment that would be write_image.
  const mismatch = process === 'deploy' ? 'DeploymentError' : 'VersionMismatch';

  describe(`${process} steps`, () => {
    it('are told by their manager, with the versions', async () => {
      const priority = { clean: 10, deploy: 0, service: 5 }[process];
      const argsinfo = { deep: { description: 'Whether to wipe all of it.', required: false } };
      const told = { step: 'wipe', priority, interface: 'deploy', reboot_requested: false, abortable: true, argsinfo };
      assert.deepEqual(await getSteps(process, machine()), {
        [`${process}_steps`]: { Vendor: [told] },
        hardware_manager_version: { vendor: '1.2' },
      });
    });

    it('are executed with their arguments, the node and the ports, and echoed', async () => {
      const seen: unknown[] = [];
      const world = machine(async (args, context) => {
        seen.push(args, context.node, context.ports);
        return { wiped: 1 };
      });
      const result = await executeStep(process, { ports: [{ address: 'aa' }] }, world);
      assert.deepEqual(seen, [{ deep: true }, node, [{ address: 'aa' }]]);
      assert.deepEqual(result, { [`${process}_result`]: { wiped: 1 }, [`${process}_step`]: step });
    });

    it('have the result null where they have none', async () => {
      const world = machine(() => Promise.resolve(undefined));
      assert.deepEqual(await executeStep(process, {}, world), {
        [`${process}_result`]: null,
        [`${process}_step`]: step,
      });
    });

    it('are refused when the conductor knows other versions, and run otherwise', async () => {
      let runs = 0;
      const world = machine(async () => void runs++);
      const versions = (map: unknown) => executeStep(process, { [`${process}_version`]: map }, world);
      for (const map of [{ vendor: '1.1' }, {}, { vendor: '1.2', other: '1' }, { Vendor: '1.2' }]) {
        await assert.rejects(versions(map), {
          name: mismatch,
          message: /"vendor":"1\.2".*the conductor expects/,
        });
      }
      assert.equal(runs, 0);
      await versions({ vendor: '1.2' });
      await versions(null);
      assert.equal(runs, 2);
    });

    it('are compared with the versions that were offered, by whichever worker', async () => {
      let runs = 0;
      const world = machine(async () => void runs++);
      const other = { ...world, context: { ...world.context, managers: createManagerRegistry([], []) } };
      const versions = (map: object) => executeStep(process, { [`${process}_version`]: map }, world);
      await getSteps(process, other);
      await assert.rejects(versions({ vendor: '1.2' }), { name: mismatch, message: /agent: \{\};/ });
      assert.equal(runs, 0);
      await versions({});
      assert.equal(runs, 1);
      await getSteps(process, world);
      await versions({ vendor: '1.2' });
      const lacking = executeStep(process, { [`${process}_version`]: { vendor: '1.2' } }, other);
      await assert.rejects(lacking, { name: 'HardwareManagerMethodNotFound' });
    });

    it('end with the error of the agent as it is, and with any other as one of their process', async () => {
      const known = new BlockDeviceEraseError('sector 5');
      await assert.rejects(
        executeStep(
          process,
          {},
          machine(() => Promise.reject(known)),
        ),
        known,
      );
      const cause = new RangeError('too far');
      await assert.rejects(
        executeStep(
          process,
          {},
          machine(() => Promise.reject(cause)),
        ),
        {
          name: { clean: 'CleaningError', deploy: 'DeploymentError', service: 'ServicingError' }[process],
          details: `Unexpected exception performing ${process} step wipe. RangeError: too far`,
          cause,
        },
      );
    });

    it('keep the node for later commands and show it nobody, and no secret of a step either', async () => {
      const world = machine();
      await getSteps(process, world);
      assert.deepEqual(world.facts.node?.properties, node.properties);
      const secret = { ...step, args: { configdrive: 'hush', url: 'http://u:hush@h/i' } };
      const result = await executeStep(process, { step: secret }, world);
      assert.equal(JSON.stringify([world.facts, result]).includes('hush'), false);
      assert.ok(JSON.stringify(result).includes('"step":"wipe"'));
    });

    it('that are unknown are not found', async () => {
      await assert.rejects(executeStep(process, { step: { step: 'no_such', interface: 'deploy' } }, machine()), {
        name: 'HardwareManagerMethodNotFound',
        message: new RegExp(`${process} step no_such`),
      });
    });
  });
}
