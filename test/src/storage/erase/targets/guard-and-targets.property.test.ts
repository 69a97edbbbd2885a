import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { selectEraseTargets } from '../../../../../src/storage/erase/targets/select-targets.ts';
import { findRefusals } from '../../../../../src/storage/guard.ts';
import type { BlockNode } from '../../../../../src/storage/holders/holder-facts.ts';
import { planRelease } from '../../../../../src/storage/holders/plan-release.ts';
import type { ReleaseAction } from '../../../../../src/storage/holders/release-plan.ts';
import { buildMachine, type Machine } from '../../../../support/generated-machine/machine.ts';
import { machineSeed } from '../../../../support/generated-machine/machine-seed.ts';

const runs = { numRuns: 1000 };

/** All that is decided before anything is touched. */
function decide({ devices, node, options, facts, guardFacts, policy }: Machine) {
  const chosen = selectEraseTargets(devices, node, options, facts);
  const targets = chosen.disks.flatMap(({ disk, partitions }) => [disk, ...partitions]);
  const release = planRelease(targets, facts.holders, options);
  const guard = findRefusals(targets, guardFacts, {
    ...policy,
    fabricDevices: [],
    releasable: release.releasable,
  });
  const refusals = [...chosen.refusals, ...release.refusals, ...guard];
  const diskOf = new Map(devices.map(({ path, disk }) => [path, disk]));
  const refused = new Set(refusals.map(({ device }) => diskOf.get(device) ?? device));
  const disks = chosen.disks.map(({ disk }) => disk.path);
  return { chosen, release, refusals, disks, refused, permitted: disks.filter((path) => !refused.has(path)) };
}

/** What is built on a disk and is never taken down. */
const lasting = ['crypt', 'bcache', 'unknown'];

test('nothing that must stay is harmed by a disk that nobody refused', () => {
  fc.assert(
    fc.property(machineSeed, (seed) => {
      const machine = buildMachine(seed);
      for (const path of decide(machine).permitted) {
        const harmed = machine.harmedBy(path);
        assert.deepEqual(
          machine.untouchable.filter((kept) => harmed.has(kept)),
          [],
          path,
        );
        assert.ok(!machine.untouchableDisks.has(path), path);
        const { hardware } = machine;
        const upper = hardware.upper(path).flatMap((each) => hardware.nodes.get(each)?.kind ?? []);
        assert.deepEqual(
          upper.filter((kind) => lasting.includes(kind)),
          [],
          path,
        );
      }
    }),
    runs,
  );
});

test('every disk of the list is erased, left out with a reason, or refused, and no two erase the same', () => {
  fc.assert(
    fc.property(machineSeed, (seed) => {
      const machine = buildMachine(seed);
      const { chosen, permitted } = decide(machine);
      const told = [
        ...chosen.disks.map(({ disk }) => disk.path),
        ...chosen.leftOut.map(({ device }) => device),
        ...chosen.refusals.map(({ device }) => device),
      ];
      const disks = machine.devices.filter(({ kind }) => kind === 'disk').map(({ path }) => path);
      assert.deepEqual([...new Set(told)].sort(), disks.sort());
      for (const path of permitted) {
        const harmed = machine.harmedBy(path);
        assert.deepEqual(
          permitted.filter((other) => other !== path && harmed.has(other)),
          [],
          path,
        );
      }
      const twins = permitted.filter((path) => machine.hardware.flaws.get(path) === 'twin');
      assert.ok(twins.length < 2, twins.join());
    }),
    runs,
  );
});

test('no release is about a disk that is refused, or about anything that lies elsewhere or must stay', () => {
  fc.assert(
    fc.property(machineSeed, (seed) => {
      const machine = buildMachine(seed);
      const { release, disks } = decide(machine);
      const { nodes } = machine.hardware;
      const refused = new Set(release.refusals.map(({ device }) => device));
      const isErased = (path: string): boolean => {
        const below = nodes.get(path)?.below ?? [];
        return disks.includes(path) || (below.length > 0 && below.every(isErased));
      };
      for (const { device, disks: about } of release.actions) {
        assert.ok(about.length > 0 && about.every((path) => disks.includes(path) && !refused.has(path)), device);
        assert.ok(isErased(device), device);
        const affected = [device, ...machine.hardware.upper(device)];
        assert.deepEqual(
          machine.untouchable.filter((kept) => affected.includes(kept) && !isGuarded(kept, machine)),
          [],
          device,
        );
      }
    }),
    runs,
  );
});

/** The guard refuses these; a release plan does not look at contents. */
function isGuarded(path: string, { hardware }: Machine): boolean {
  return hardware.clustered.includes(path) || hardware.flaws.get(path) === 'read-only';
}

/** Does to the tree what the kernel would do, and fails where the kernel would say that a device is busy. */
function carryOut(actions: readonly ReleaseAction[], nodes: Map<string, BlockNode>): void {
  const users = (path: string) => [...nodes.values()].filter(({ below }) => below.includes(path));
  const remove = (path: string): void => {
    const node = nodes.get(path);
    assert.ok(node && !node.isSwap && node.mountPoints.length === 0, `${path} is in use`);
    for (const user of users(path)) {
      assert.ok(user.kind === 'partition', `${path} is busy with ${user.path}`);
      remove(user.path);
    }
    nodes.delete(path);
  };
  for (const action of actions) {
    const node = nodes.get(action.device);
    assert.ok(node, `${action.device} is gone already`);
    if (action.kind === 'swap-off') nodes.set(node.path, { ...node, isSwap: false });
    else remove(node.path);
    const parts = action.kind === 'deactivate-volume' ? [...action.parts] : [];
    for (let found = parts.find((path) => nodes.has(path) && users(path).length === 0); found !== undefined; ) {
      remove(found);
      found = parts.find((path) => nodes.has(path) && users(path).length === 0);
    }
  }
}

test('where nothing is refused the release goes through, and nobody uses the disks after it', () => {
  let gone = 0;
  fc.assert(
    fc.property(machineSeed, (seed) => {
      const machine = buildMachine(seed);
      const { refusals, release, disks } = decide(machine);
      if (refusals.length > 0) return;
      const nodes = new Map(machine.hardware.nodes);
      carryOut(release.actions, nodes);
      gone += release.actions.length;
      for (const node of nodes.values()) {
        if (node.kind !== 'partition' || !disks.includes(node.below[0] ?? '')) {
          assert.ok(
            !node.below.some((path) => disks.includes(path) || disks.includes(nodes.get(path)?.below[0] ?? '')),
            node.path,
          );
        }
        if (disks.includes(node.path) || disks.includes(node.below[0] ?? '')) assert.ok(!node.isSwap, node.path);
      }
    }),
    runs,
  );
  assert.ok(gone > 100, `only ${gone} releases were seen`);
});

test('the order in which a machine lists its devices changes nothing', () => {
  const shuffled = machineSeed.chain((seed) => {
    const { devices, facts } = buildMachine(seed);
    const whole = { minLength: devices.length, maxLength: devices.length };
    const nodes = facts.holders.nodes;
    return fc.record({
      seed: fc.constant(seed),
      devices: fc.shuffledSubarray([...devices], whole),
      nodes: fc.shuffledSubarray([...nodes], { minLength: nodes.length, maxLength: nodes.length }),
    });
  });
  const told = (machine: Machine) => {
    const { disks, chosen, release, refusals } = decide(machine);
    return {
      disks: disks.sort(),
      leftOut: chosen.leftOut.map(({ device, why }) => `${device}: ${why}`).sort(),
      actions: release.actions,
      refusals: [...new Set(refusals.map(({ device, detail }) => `${device}: ${detail}`))].sort(),
    };
  };
  fc.assert(
    fc.property(shuffled, ({ seed, devices, nodes }) => {
      const machine = buildMachine(seed);
      const other = { ...machine, devices, facts: { ...machine.facts, holders: { nodes, unread: [] } } };
      assert.deepEqual(told(other), told(machine));
    }),
    { numRuns: 1000 },
  );
});

test('the generated machines are worth it: many are erased, many refused, many have protected parts', () => {
  let [erased, refused, untouchable] = [0, 0, 0];
  for (const seed of fc.sample(machineSeed, 500)) {
    const machine = buildMachine(seed);
    const { refusals, permitted } = decide(machine);
    if (refusals.length === 0 && permitted.length > 0) erased += 1;
    if (refusals.length > 0) refused += 1;
    if (machine.untouchable.length > 0) untouchable += 1;
  }
  assert.ok(erased > 50 && refused > 50 && untouchable > 50, `${erased}, ${refused}, ${untouchable}`);
});
