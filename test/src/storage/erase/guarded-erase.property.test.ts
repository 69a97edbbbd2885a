import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLanes } from '../../../../src/storage/erase/act/perform-plan.ts';
import type { ProbedDisk } from '../../../../src/storage/erase/disk-probe.ts';
import { runLanes } from '../../../../src/storage/erase/lanes/run-lanes.ts';
import type { EraseMethod, Support } from '../../../../src/storage/erase/method.ts';
import { eraseMethodNames } from '../../../../src/storage/erase/method-name.ts';
import type { ErasePlan } from '../../../../src/storage/erase/plan/erase-plan.ts';
import { planErase } from '../../../../src/storage/erase/plan/plan-erase.ts';
import { selectEraseTargets } from '../../../../src/storage/erase/targets/select-targets.ts';
import { findRefusals } from '../../../../src/storage/guard.ts';
import { planRelease } from '../../../../src/storage/holders/plan-release.ts';
import { makeMethod, usualEraseOptions } from '../../../support/erase-request.ts';
import { buildMachine, type Machine } from '../../../support/generated-machine/machine.ts';
import { choose, machineSeed } from '../../../support/generated-machine/machine-seed.ts';

/** What the drives of a machine can, and which others each method would take along; picked anew for each disk. */
const drives = fc.record({
  supports: fc.array(
    fc.constantFrom<Support['kind']>('supported', 'supported', 'supported', 'unsupported', 'blocked'),
    { minLength: 1, maxLength: 23 },
  ),
  reach: fc.array(fc.array(fc.nat({ max: 1000 }), { maxLength: 2 }), { minLength: 1, maxLength: 11 }),
  /** A sanitize erases all that is behind the same controller. */
  isWide: fc.boolean(),
  lanes: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }),
});
const scenes = fc.record({
  seed: machineSeed,
  drives,
  step: fc.constantFrom('erase_devices', 'erase_devices_metadata', 'erase_devices_express'),
  allowWeaker: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 4 }),
  controllerConcurrency: fc.integer({ min: 1, max: 2 }),
});
type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

interface Planned {
  readonly machine: Machine;
  readonly methods: readonly EraseMethod[];
  readonly plan: ErasePlan;
}

/** As the step does it, from the list of devices to the plan. */
function plan(scene: Scene): Planned {
  const { step, allowWeaker, concurrency, controllerConcurrency, drives: given } = scene;
  const machine = buildMachine(scene.seed);
  const { devices, node, facts, guardFacts, policy } = machine;
  const options = { ...usualEraseOptions, ...machine.options, allowWeaker, concurrency, controllerConcurrency };
  const chosen = selectEraseTargets(devices, node, options, facts);
  const release = planRelease(
    chosen.disks.map(({ disk }) => disk),
    facts.holders,
    options,
  );
  const targets = chosen.disks.flatMap(({ disk, partitions }) => [disk, ...partitions]);
  const guard = findRefusals(targets, guardFacts, { ...policy, fabricDevices: [], releasable: release.releasable });
  const numberOf = ({ device }: ProbedDisk, method: number): number =>
    devices.findIndex(({ path }) => path === device.path) * eraseMethodNames.length + method;
  const laneOf = (index: number): number => choose(given.lanes, index) ?? 0;
  const besides = ({ device }: ProbedDisk): readonly string[] => {
    const own = laneOf(chosen.disks.findIndex(({ disk }) => disk.path === device.path));
    return chosen.disks.filter((_, index) => laneOf(index) === own).map(({ disk }) => disk.path);
  };
  const methods = eraseMethodNames.map((name, index) =>
    makeMethod(name, {
      supports: (disk) => {
        const kind = choose(given.supports, numberOf(disk, index)) ?? 'unsupported';
        return kind === 'supported' ? { kind, how: 'so' } : { kind, why: 'so' };
      },
      reach: (disk) => [
        disk.device.path,
        ...(given.isWide && name.startsWith('nvme-sanitize') ? besides(disk) : []),
        ...(choose(given.reach, numberOf(disk, index)) ?? []).flatMap((pick) => choose(devices, pick)?.path ?? []),
      ],
    }),
  );
  const placeOf = (index: number) => {
    const lane = laneOf(index);
    return { lane: `lane ${lane}`, controller: lane === 0 ? null : `controller ${lane % 2}` };
  };
  return {
    machine,
    methods,
    plan: planErase({
      step: step as ErasePlan['step'],
      options,
      methods,
      disks: chosen.disks.map(({ disk, partitions }) => ({
        device: disk,
        partitions,
        probe: { kind: 'plain', zerosAfterDiscard: false },
      })),
      places: new Map(chosen.disks.map(({ disk }, index) => [disk.path, placeOf(index)])),
      release: release.actions,
      leftOut: chosen.leftOut,
      refusals: [...chosen.refusals, ...release.refusals, ...guard],
    }),
  };
}

/** Every device that a plan may touch, by the planned method of a disk or by one that may follow it. */
function touchedBy({ methods, plan: { erase } }: Planned): readonly string[] {
  return erase.flatMap((planned) =>
    [planned.method, ...planned.fallbacks].flatMap((name) => {
      const method = methods.find((each) => each.name === name) ?? assert.fail(name);
      return method.reach(planned);
    }),
  );
}

test('no action of a plan reaches outside of it, into a refusal, or what must stay', () => {
  let [actions, refused] = [0, 0];
  fc.assert(
    fc.property(scenes, (scene) => {
      const planned = plan(scene);
      const { erase, leftOut, refusals } = planned.plan;
      const { machine } = planned;
      const inPlan = new Set(erase.map(({ device }) => device.path));
      const toRefuse = new Set(refusals.map(({ device }) => device));
      const mayBeReached = new Set([...inPlan, ...refusals.filter(isLater).map(({ device }) => device)]);
      for (const path of touchedBy(planned)) {
        assert.ok(mayBeReached.has(path), `${path} is not in the plan`);
        assert.ok(!leftOut.some(({ device }) => device === path), path);
        assert.ok(!machine.untouchableDisks.has(path), path);
        const harmed = machine.harmedBy(path);
        assert.deepEqual(
          machine.untouchable.filter((kept) => harmed.has(kept)),
          [],
          path,
        );
      }
      for (const { device, partitions } of erase) {
        for (const { path } of [device, ...partitions]) assert.ok(!toRefuse.has(path), path);
      }
      actions += refusals.length === 0 ? inPlan.size : 0;
      refused += refusals.length > 0 ? 1 : 0;
    }),
    { numRuns: 2000 },
  );
  assert.ok(actions > 300 && refused > 300, `${actions} actions, ${refused} machines refused`);
});

/** A disk that may be erased, but by no method: its neighbour's method was judged before that was known. All is refused then. */
function isLater({ reason }: ErasePlan['refusals'][number]): boolean {
  return reason === 'no-method';
}

test('in whatever order the disks come to their end, each is erased once, within the bounds, and none beside its lane', async () => {
  let [seen, together] = [0, 0];
  await fc.assert(
    fc.asyncProperty(scenes, fc.scheduler(), async (scene, scheduler) => {
      const { plan: made } = plan(scene);
      if (made.refusals.length > 0) return;
      const { concurrency: total, controllerConcurrency: perController } = made.options;
      const [done, running] = [[] as string[], new Map<string, string | null>()];
      const lanes = toLanes(made.erase).map(({ name, controller, groups }) => ({
        name,
        controller,
        tasks: groups.map((group) => async () => {
          assert.ok(!running.has(name), `${name} is at work already`);
          running.set(name, controller);
          assert.ok(running.size <= total);
          const beside = [...running.values()].filter((other) => other === controller);
          assert.ok(controller === null || beside.length <= perController);
          await scheduler.schedule(Promise.resolve());
          together += group.length > 1 ? 1 : 0;
          done.push(...group.map(({ device }) => device.path));
          running.delete(name);
        }),
      }));
      const all = runLanes(lanes, { total, perController });
      await scheduler.waitFor(all);
      assert.deepEqual(done.sort(), made.erase.map(({ device }) => device.path).sort());
      seen += done.length > 1 ? 1 : 0;
    }),
    { numRuns: 4000 },
  );
  assert.ok(seen > 50 && together > 1, `${seen} machines with several disks, ${together} disks erased together`);
});
