import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ProbedDisk } from '../../../../../src/storage/erase/disk-probe.ts';
import type { Support } from '../../../../../src/storage/erase/method.ts';
import { type EraseMethodName, eraseMethodNames } from '../../../../../src/storage/erase/method-name.ts';
import { hashPlan, type PlanInput, planErase } from '../../../../../src/storage/erase/plan/plan-erase.ts';
import type { Refusal } from '../../../../../src/storage/refusal.ts';
import { makeMethod, usualEraseOptions } from '../../../../support/erase-request.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';

/** A disk, what it can, and which neighbours its erase would take with it. */
interface Generated {
  readonly supports: Readonly<Record<string, Support['kind']>>;
  readonly reach: readonly number[];
  readonly refused: boolean;
}

const names = fc.subarray([...eraseMethodNames], { minLength: 1 });
const disk: fc.Arbitrary<Generated> = fc.record({
  supports: fc.dictionary(
    fc.constantFrom(...eraseMethodNames),
    fc.constantFrom<Support['kind']>('supported', 'unsupported', 'blocked'),
  ),
  reach: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
  refused: fc.boolean(),
});
const machines = fc.record({
  disks: fc.array(disk, { minLength: 1, maxLength: 8 }),
  names,
  step: fc.constantFrom('erase_devices', 'erase_devices_metadata', 'erase_devices_express'),
  allowWeaker: fc.boolean(),
  shuffle: fc.integer(),
});

const pathOf = (index: number): string => `/dev/sd${String.fromCharCode(97 + index)}`;

function inputOf(machine: {
  readonly disks: readonly Generated[];
  readonly names: readonly EraseMethodName[];
  readonly step: string;
  readonly allowWeaker: boolean;
}): PlanInput {
  const byPath = new Map(machine.disks.map((generated, index) => [pathOf(index), generated]));
  const methods = machine.names.map((name) =>
    makeMethod(name, {
      supports: ({ device }) => {
        const kind = byPath.get(device.path)?.supports[name] ?? 'unsupported';
        return kind === 'supported' ? { kind, how: 'so' } : { kind, why: 'so' };
      },
      reach: ({ device }) => [device.path, ...(byPath.get(device.path)?.reach.map(pathOf) ?? [])],
    }),
  );
  const disks = [...byPath.keys()].map(
    (path): ProbedDisk => ({
      device: makeDisk(path),
      partitions: [],
      probe: { kind: 'plain', zerosAfterDiscard: false },
    }),
  );
  const refusals = [...byPath].flatMap(([device, { refused }]): readonly Refusal[] =>
    refused ? [{ device, reason: 'mounted', detail: `${device} is mounted` }] : [],
  );
  return {
    step: machine.step as PlanInput['step'],
    options: { ...usualEraseOptions, allowWeaker: machine.allowWeaker },
    methods,
    disks,
    places: new Map(),
    release: [],
    leftOut: [],
    refusals,
  };
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  return items
    .map((item, index) => ({ item, key: Math.sin(seed + index * 7.3) }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

describe('planErase, over generated machines', () => {
  it('has an action for a disk or a refusal, never both and never neither', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const input = inputOf(machine);
        const { erase, refusals } = planErase(input);
        const planned = erase.map(({ device }) => device.path);
        const refused = refusals.map(({ device }) => device);
        assert.deepEqual(
          [...new Set([...planned, ...refused])].sort(),
          input.disks.map(({ device }) => device.path).sort(),
        );
        assert.deepEqual(
          planned.filter((path) => refused.includes(path)),
          [],
        );
        assert.equal(new Set(planned).size, planned.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('never reaches a disk that is not in it, nor one that was refused from the start', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const input = inputOf(machine);
        const known = new Set(input.disks.map(({ device }) => device.path));
        const refused = new Set(input.refusals.map(({ device }) => device));
        for (const { reach, device } of planErase(input).erase) {
          for (const path of [...reach, device.path]) assert.ok(known.has(path) && !refused.has(path), path);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same, to the hash, in whatever order disks, methods and refusals are listed', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const input = inputOf(machine);
        const other = {
          ...input,
          disks: shuffled(input.disks, machine.shuffle),
          methods: shuffled(input.methods, machine.shuffle),
          refusals: shuffled(input.refusals, machine.shuffle),
        };
        assert.equal(hashPlan(planErase(other)), hashPlan(planErase(input)));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes nothing weaker than the strongest that is there, unless the node allows it', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        for (const { isWeaker, fallbacks } of planErase(
          inputOf({ ...machine, step: 'erase_devices', allowWeaker: false }),
        ).erase) {
          assert.equal(isWeaker, false);
          assert.deepEqual(fallbacks, []);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('has another hash when anything of it changes', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const input = inputOf(machine);
        const hash = hashPlan(planErase(input));
        const [first] = input.disks;
        if (!first) return;
        const grown = { ...first, device: { ...first.device, serial: 'another disk' } };
        const isPlanned = planErase(input).erase.some(({ device }) => device.path === first.device.path);
        const changed = hashPlan(planErase({ ...input, disks: [grown, ...input.disks.slice(1)] }));
        assert.equal(changed !== hash, isPlanned);
        assert.notEqual(hashPlan(planErase({ ...input, leftOut: [{ device: '/dev/sdz', why: 'so' }] })), hash);
      }),
      { numRuns: 500 },
    );
  });
});
