import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import joi from 'joi';
import type { BlockDevice } from '../../../src/core/block-device.ts';
import { defineHardwareManager, type HardwareManager } from '../../../src/core/hardware-manager.ts';
import type { StepContext } from '../../../src/core/job-context.ts';
import { type AnyStep, defineStep } from '../../../src/core/step.ts';
import { CleaningError, IncompatibleHardwareMethodError } from '../../../src/errors/catalogue.ts';
import { createManagerRegistry } from '../../../src/hardware/registry.ts';
import { silentHost } from '../../support/silent-host.ts';

interface StepParts {
  readonly run: (args: Readonly<Record<string, unknown>>, context: StepContext) => Promise<unknown>;
  readonly offer: AnyStep['offer'];
  readonly args: joi.ObjectSchema;
}

function stepNamed(name: string, parts: Partial<StepParts> = {}): AnyStep {
  return defineStep<Readonly<Record<string, unknown>>>({
    name,
    summary: 'A step.',
    interface: 'deploy',
    offer: { clean: 10 },
    args: joi.object({}),
    queue: 'system',
    replay: 'once',
    progress: 'steps',
    abortable: false,
    rebootRequested: false,
    run: () => Promise.resolve(name),
    ...parts,
  });
}

function managerNamed(name: string, parts: Partial<HardwareManager> = {}): HardwareManager {
  return defineHardwareManager({
    name,
    className: `${name}Class`,
    version: `${name}-1`,
    evaluateSupport: () => Promise.resolve(1),
    ...parts,
  });
}

const context = { ...silentHost(), jobId: 'x' } as unknown as StepContext;
const incompatible = () => Promise.reject(new IncompatibleHardwareMethodError('not mine'));

/** Managers, best first, of which each has the step `s` that does as told. */
function registryOf(...runs: readonly StepParts['run'][]) {
  return createManagerRegistry(
    runs.map((run, index) => managerNamed(`m${index}`, { steps: [stepNamed('s', { run })] })),
    [],
  );
}

const requested = { step: 's', interface: 'deploy' };

describe('executing a step', () => {
  it('is the work of the best manager that has it', async () => {
    const registry = registryOf(
      () => Promise.resolve('best'),
      () => Promise.reject(new Error('not asked')),
    );
    assert.equal(await registry.executeStep('clean', requested, context), 'best');
  });

  it('falls through to the next while the hardware is not theirs', async () => {
    const registry = registryOf(incompatible, incompatible, () => Promise.resolve('third'));
    assert.equal(await registry.executeStep('clean', requested, context), 'third');
  });

  it('ends with null when that is what a manager answers', async () => {
    const registry = registryOf(
      () => Promise.resolve(null),
      () => Promise.reject(new Error('not asked')),
    );
    assert.equal(await registry.executeStep('clean', requested, context), null);
  });

  it('ends with any other error: a failed wipe is not tried by somebody else', async () => {
    const failure = new CleaningError('sector 5');
    const registry = registryOf(
      () => Promise.reject(failure),
      () => Promise.reject(new Error('not asked')),
    );
    await assert.rejects(registry.executeStep('clean', requested, context), failure);
  });

  it('ends with HardwareManagerMethodNotFound when nobody has it, or all find it incompatible', async () => {
    const notFound = { name: 'HardwareManagerMethodNotFound', message: /Could not find method: clean step s/ };
    await assert.rejects(registryOf().executeStep('clean', requested, context), notFound);
    await assert.rejects(registryOf(incompatible, incompatible).executeStep('clean', requested, context), notFound);
  });

  it('is refused in a process that does not offer it', async () => {
    const registry = registryOf(() => Promise.resolve('ran'));
    await assert.rejects(registry.executeStep('deploy', requested, context), { name: 'HardwareManagerMethodNotFound' });
    assert.equal(registry.findStep('deploy', 's'), undefined);
    assert.equal(registry.findStep('clean', 's')?.name, 's');
  });

  it('hands over its arguments with their defaults, and the context', async () => {
    const args = joi.object({ a: joi.number().required(), b: joi.string().default('x') });
    const run: StepParts['run'] = (given, inner) => Promise.resolve([given, inner === context]);
    const registry = createManagerRegistry([managerNamed('m', { steps: [stepNamed('s', { args, run })] })], []);
    const result = await registry.executeStep('clean', { ...requested, args: { a: 1 } }, context);
    assert.deepEqual(result, [{ a: 1, b: 'x' }, true]);
  });

  it('names every argument that is wrong, and runs nothing', async () => {
    const args = joi.object({ a: joi.number().required(), b: joi.string() });
    const run: StepParts['run'] = () => Promise.reject(new Error('it ran'));
    const registry = createManagerRegistry([managerNamed('m', { steps: [stepNamed('s', { args, run })] })], []);
    const execute = (given: Readonly<Record<string, unknown>>) =>
      registry.executeStep('clean', { ...requested, args: given }, context);
    const invalid = (message: RegExp) => ({ name: 'InvalidCommandParamsError', message });
    await assert.rejects(
      execute({ b: 7, c: 1 }),
      invalid(/step s: .*"a" is required.*"b" must be a string.*"c" is not/),
    );
    await assert.rejects(execute({ a: '1' }), invalid(/"a" must be a number/));
  });

  it('takes arguments that are missing or null for none', async () => {
    const registry = registryOf((args) => Promise.resolve(args));
    assert.deepEqual(await registry.executeStep('clean', requested, context), {});
    const withNull = { ...requested, args: null } as unknown as typeof requested;
    assert.deepEqual(await registry.executeStep('clean', withNull, context), {});
  });
});

describe('the replay class of a step', () => {
  const offering = (...classes: readonly AnyStep['replay'][]) =>
    createManagerRegistry(
      classes.map((replay, index) => managerNamed(`m${index}`, { steps: [{ ...stepNamed('s'), replay }] })),
      [],
    ).findStep('clean', 's')?.replay;

  it('is that of the best manager, unless one that it may fall through to must not run twice', () => {
    assert.equal(offering('repeatable'), 'repeatable');
    assert.equal(offering('resumable', 'repeatable'), 'resumable');
    assert.equal(offering('repeatable', 'resumable', 'once'), 'once');
    assert.equal(offering('once', 'repeatable'), 'once');
  });
});

describe('listing block devices', () => {
  const disk = { path: '/dev/sda' } as BlockDevice;

  it('is done by the best manager that can and knows the hardware', async () => {
    const asked: unknown[] = [];
    const registry = createManagerRegistry(
      [
        managerNamed('a'),
        managerNamed('b', { listBlockDevices: incompatible }),
        managerNamed('c', {
          listBlockDevices: async (_host, options) => {
            asked.push(options);
            return [disk];
          },
        }),
      ],
      [],
    );
    assert.deepEqual(await registry.listBlockDevices(context), [disk]);
    await registry.listBlockDevices(context, { partitions: true });
    assert.deepEqual(asked, [{ partitions: false }, { partitions: true }]);
  });

  it('calls it as a method of its manager', async () => {
    class Vendor {
      readonly name = 'vendor';
      readonly className = 'Vendor';
      readonly version = '1';
      readonly disks = [disk];
      evaluateSupport = () => Promise.resolve(1);
      listBlockDevices() {
        return Promise.resolve(this.disks);
      }
    }
    assert.deepEqual(await createManagerRegistry([new Vendor()], []).listBlockDevices(context), [disk]);
  });

  it('fails where nobody can', async () => {
    const registry = createManagerRegistry([managerNamed('a')], []);
    await assert.rejects(registry.listBlockDevices(context), { name: 'HardwareManagerMethodNotFound' });
  });
});

describe('what a registry tells', () => {
  it('are versions by name, and who is broken', () => {
    const broken = [{ source: 'x', reason: 'y' }];
    const registry = createManagerRegistry([managerNamed('a'), managerNamed('b')], broken);
    assert.deepEqual(registry.versions, { a: 'a-1', b: 'b-1' });
    assert.equal(registry.broken, broken);
  });

  it('advertises each step once, by the manager that would run it', () => {
    const registry = createManagerRegistry(
      [
        managerNamed('vendor', { steps: [stepNamed('shared', { offer: { clean: 99 } }), stepNamed('own')] }),
        managerNamed('generic', {
          steps: [stepNamed('shared'), stepNamed('plain'), stepNamed('deploys', { offer: { deploy: 0 } })],
        }),
        managerNamed('useless', { steps: [stepNamed('plain')] }),
      ],
      [],
    );
    const offered = Object.entries(registry.advertisedSteps('clean', context.config)).map(([who, steps]) => [
      who,
      steps.map(({ step, priority }) => [step, priority]),
    ]);
    assert.deepEqual(offered, [
      [
        'vendorClass',
        [
          ['shared', 99],
          ['own', 10],
        ],
      ],
      ['genericClass', [['plain', 10]]],
    ]);
    assert.deepEqual(Object.keys(registry.advertisedSteps('deploy', context.config)), ['genericClass']);
    assert.deepEqual(registry.advertisedSteps('service', context.config), {});
  });

  it('advertises the step that it would run where a better manager offers it in another process only', () => {
    const registry = createManagerRegistry(
      [
        managerNamed('vendor', { steps: [stepNamed('s', { offer: { deploy: 1 } })] }),
        managerNamed('generic', { steps: [stepNamed('s', { offer: { clean: 2 } })] }),
      ],
      [],
    );
    assert.deepEqual(Object.keys(registry.advertisedSteps('clean', context.config)), ['genericClass']);
    assert.equal(registry.findStep('clean', 's')?.offer.clean, 2);
  });

  it('advertises the priority that the configuration says where a step leaves it to an option', () => {
    const steps = [stepNamed('s', { offer: { deploy: 'injectFilesPriority', service: 3 } })];
    const registry = createManagerRegistry([managerNamed('m', { steps })], []);
    const config = { ...context.config, injectFilesPriority: 70 };
    assert.equal(registry.advertisedSteps('deploy', config)['mClass']?.[0]?.priority, 70);
    assert.equal(registry.advertisedSteps('service', config)['mClass']?.[0]?.priority, 3);
  });

  it('describes arguments as their schema does, in the words of the conductor', () => {
    const args = joi.object({
      size: joi.number().required().description('Size in MiB.'),
      name: joi.string().default('x').description('Name.'),
      plain: joi.any(),
    });
    const steps = [stepNamed('with', { args, offer: { service: 0 } }), stepNamed('without', { offer: { service: 3 } })];
    const registry = createManagerRegistry([managerNamed('m', { steps })], []);
    const common = { interface: 'deploy', reboot_requested: false, abortable: false };
    assert.deepEqual(registry.advertisedSteps('service', context.config), {
      mClass: [
        {
          step: 'with',
          priority: 0,
          ...common,
          argsinfo: {
            size: { description: 'Size in MiB.', required: true },
            name: { description: 'Name.', required: false },
            plain: { description: '', required: false },
          },
        },
        { step: 'without', priority: 3, ...common },
      ],
    });
  });
});
