import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  defineHardwareManager,
  type HardwareManager,
  type ManagerRegistry,
} from '../../../src/core/hardware-manager.ts';
import { loadManagers } from '../../../src/hardware/load-managers.ts';
import { type SilentHost, silentHost } from '../../support/silent-host.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function builtIn(parts: Partial<HardwareManager> = {}): HardwareManager {
  return defineHardwareManager({
    name: 'built_in',
    className: 'BuiltIn',
    version: '1',
    evaluateSupport: () => Promise.resolve(1),
    ...parts,
  });
}

/** Fields of a manager that is well, in JavaScript; a test replaces some of them. */
const wellMade = {
  name: `'other'`,
  className: `'Other'`,
  version: `'2'`,
  evaluateSupport: 'async () => 2',
};

const step = `{
  name: 'a_step', summary: 'A step.', interface: 'deploy', offer: { clean: 5 }, args: toolkit.joi.object({}),
  queue: 'system', replay: 'once', progress: 'steps', abortable: false, rebootRequested: false, run: async () => 'ran',
}`;

/** A module whose default export makes a manager out of the toolkit. */
function moduleOf(fields: Readonly<Record<string, string>>): string {
  const all = Object.entries({ ...wellMade, ...fields }).map(([key, code]) => `${key}: ${code}`);
  return `export default (toolkit) => ({ ${all.join(', ')} });`;
}

interface Loaded {
  readonly registry: ManagerRegistry;
  readonly host: SilentHost;
}

/** Loads modules given as text beside a built-in manager. */
async function load(modules: readonly string[], managers = [builtIn()], limitSeconds = 5): Promise<Loaded> {
  using dir = temporaryDirectory();
  const found = modules.map((code, index) => {
    const module = path.join(dir.path, `m${index}.mjs`);
    writeFileSync(module, code);
    return { source: `module ${index}`, module };
  });
  const host = silentHost();
  return { registry: await loadManagers(managers, { found, broken: [] }, host, limitSeconds), host };
}

describe('loading hardware managers', () => {
  it('takes an object, or a function that makes one from the toolkit, at once or later', async () => {
    const plain = `export default { name: 'plain', className: 'Plain', version: '1', evaluateSupport: async () => 3 };`;
    const later = moduleOf({ name: `'later'`, className: `'Later'` }).replace('(toolkit)', 'async (toolkit)');
    const { registry } = await load([plain, moduleOf({ steps: `[${step}]` }), later]);
    assert.deepEqual(registry.broken, []);
    assert.deepEqual(registry.versions, { plain: '1', later: '2', other: '2', built_in: '1' });
    assert.equal(registry.findStep('clean', 'a_step')?.replay, 'once');
  });

  it('asks all how well they know the machine before it initializes any, and then the best first', async () => {
    const calls: string[] = [];
    const recorder = (name: string, support: number) =>
      builtIn({
        name,
        className: name,
        evaluateSupport: async () => {
          calls.push(`evaluate ${name}`);
          return support;
        },
        initialize: async () => void calls.push(`initialize ${name}`),
      });
    await load([], [recorder('a', 1), recorder('b', 3), recorder('c', 0)]);
    assert.deepEqual(calls, ['evaluate a', 'evaluate b', 'evaluate c', 'initialize b', 'initialize a']);
  });

  it('leaves out a manager that does not know this machine, without calling it broken', async () => {
    const { registry, host } = await load([moduleOf({ evaluateSupport: 'async () => 0' })]);
    assert.deepEqual(registry.versions, { built_in: '1' });
    assert.deepEqual([registry.broken, host.warnings], [[], []]);
  });

  const twoSteps = `[${step}, ${step}]`;
  for (const [what, code, reason] of [
    ['throws when it is imported', `throw new Error('no licence');`, /^no licence$/],
    ['is no JavaScript', 'export default {', /Unexpected end of input/],
    ['imports what is not there', `import 'no-such-package'; export default {};`, /Cannot find package/],
    ['has no default export', 'export const manager = {};', /default export: .*required/],
    ['exports something else', 'export default 7;', /default export: .*must be of type object/],
    ['has a factory that throws', `export default () => { throw new TypeError('boo'); };`, /^boo$/],
    ['has no version', moduleOf({ version: 'undefined' }), /"version" is required/],
    ['has a name that is no key', moduleOf({ name: `'__proto__'` }), /"name" .*pattern/],
    ['has a class name that is no key', moduleOf({ className: `'__proto__'` }), /"className" .*pattern/],
    [
      'cannot say how well it knows the machine',
      moduleOf({ evaluateSupport: '2' }),
      /"evaluateSupport" must be of type function/,
    ],
    ['throws when asked for its support', moduleOf({ evaluateSupport: `() => { throw new Error('bus') }` }), /^bus$/],
    [
      'answers with a text',
      moduleOf({ evaluateSupport: `async () => '3'` }),
      /^evaluateSupport: expected a number, got 3$/,
    ],
    ['answers with no number', moduleOf({ evaluateSupport: 'async () => NaN' }), /expected a number, got NaN/],
    ['never answers', moduleOf({ evaluateSupport: '() => new Promise(() => {})' }), /^took longer than 0.2 s$/],
    [
      'never ends its import',
      'await new Promise(() => setInterval(() => {}, 1e6).unref());',
      /^took longer than 0.2 s$/,
    ],
    ['fails to initialize', moduleOf({ initialize: `() => { throw new Error('bus') }` }), /^initialize: bus$/],
    [
      'never ends to initialize',
      moduleOf({ initialize: '() => new Promise(() => {})' }),
      /^initialize: took longer than/,
    ],
    ['has the name of another', moduleOf({ name: `'built_in'` }), /^name: a manager named built_in is there already$/],
    [
      'has the class name of another',
      moduleOf({ className: `'BuiltIn'` }),
      /^className: a manager named BuiltIn is there/,
    ],
    ['has one step twice', moduleOf({ steps: twoSteps }), /"steps\[1\]" contains a duplicate value/],
    [
      'has a step in a queue that nobody serves',
      moduleOf({ steps: `[${step.replace(`'system'`, `'gpu'`)}]` }),
      /"steps\[0\].queue" must be one of/,
    ],
    [
      'has a step without a replay class',
      moduleOf({ steps: `[${step.replace(`replay: 'once',`, '')}]` }),
      /"steps\[0\].replay" is required/,
    ],
    [
      'has a step whose arguments are no schema',
      moduleOf({ steps: `[${step.replace('toolkit.joi.object({})', '{}')}]` }),
      /"steps\[0\].args" .*expected a joi object schema/,
    ],
    [
      'has a step whose arguments are no object',
      moduleOf({ steps: `[${step.replace('joi.object({})', 'joi.string()')}]` }),
      /"steps\[0\].args" .*expected a joi object schema/,
    ],
    [
      'has a step with a negative priority',
      moduleOf({ steps: `[${step.replace('clean: 5', 'clean: -1')}]` }),
      /"steps\[0\].offer.clean" must be greater/,
    ],
    [
      'offers a step in a process that Ironic has not',
      moduleOf({ steps: `[${step.replace('clean: 5', 'rescue: 5')}]` }),
      /"steps\[0\].offer.rescue" is not allowed/,
    ],
  ] as const) {
    it(`reports a manager that ${what}, and goes on without it`, async () => {
      const { registry, host } = await load([code], [builtIn()], 0.2);
      assert.deepEqual(registry.versions, { built_in: '1' });
      assert.equal(registry.broken.length, 1);
      assert.match(registry.broken[0]?.reason ?? '', reason);
      assert.deepEqual(host.warnings, [{ ...registry.broken[0], message: 'hardware manager left out' }]);
    });
  }

  it('does not forget what the discovery found to be broken', async () => {
    const broken = [{ source: 'x', reason: 'y' }];
    const registry = await loadManagers([builtIn()], { found: [], broken }, silentHost());
    assert.deepEqual(registry.broken, broken);
  });

  it('fails when a manager of our own fails: the agent would be blind', async () => {
    const failing = () => Promise.reject(new Error('bus'));
    await assert.rejects(load([], [builtIn({ evaluateSupport: failing })]), /^Error: bus$/);
    await assert.rejects(load([], [builtIn({ initialize: failing })]), /^Error: bus$/);
  });

  it('fails when no manager knows this machine', async () => {
    const none = builtIn({ evaluateSupport: () => Promise.resolve(0) });
    await assert.rejects(load([], [none]), { name: 'HardwareManagerNotFound' });
  });
});
