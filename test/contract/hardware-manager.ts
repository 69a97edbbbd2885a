import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HardwareManager } from '../../src/core/hardware-manager.ts';
import { stepProcesses } from '../../src/core/ironic-node.ts';
import type { Host } from '../../src/core/job-context.ts';
import { managerSchema } from '../../src/hardware/manager-schema.ts';
import { createManagerRegistry } from '../../src/hardware/registry.ts';
import { keysWithoutDescription } from '../support/described-keys.ts';

/** A manager under test, on a host that it supports. */
export interface ManagerUnderTest {
  readonly manager: HardwareManager;
  readonly host: Host;
}

/** What every hardware manager must hold to, ours and those of others. `create` makes a fresh one for each test. */
export function describeHardwareManager(name: string, create: () => Promise<ManagerUnderTest>): void {
  describe(`${name}, as a hardware manager`, () => {
    it('has the shape that is asked of one', async () => {
      const { manager } = await create();
      assert.equal(managerSchema.validate(manager, { convert: false }).error, undefined);
    });

    it('says how well it knows the machine, the same each time', async () => {
      const { manager, host } = await create();
      const support = await manager.evaluateSupport(host);
      assert.ok(Number.isFinite(support) && support > 0, `${support}`);
      assert.equal(await manager.evaluateSupport(host), support);
    });

    it('can be initialized', async () => {
      const { manager, host } = await create();
      await manager.evaluateSupport(host);
      await manager.initialize?.(host);
    });

    it('offers its steps under its own name, described', async () => {
      const { manager, host } = await create();
      const registry = createManagerRegistry([manager], []);
      for (const step of manager.steps ?? []) {
        assert.match(step.summary, /^[A-Z][^.]*\.$/, step.name);
        assert.deepEqual(keysWithoutDescription(step.args, step.name), []);
        assert.equal(step.args['~standard'].jsonSchema.input({ target: 'draft-2020-12' }).type, 'object');
        const processes = stepProcesses.filter((process) => registry.findStep(process, step.name) === step);
        assert.ok(processes.length > 0, `${step.name} is offered nowhere`);
        for (const process of processes) {
          const offered = registry.advertisedSteps(process, host.config)[manager.className] ?? [];
          assert.deepEqual(JSON.parse(JSON.stringify(offered)), offered);
          assert.ok(offered.some((each) => each.step === step.name));
        }
      }
    });

    it('lists disks, and their partitions when asked', async () => {
      const { manager, host } = await create();
      if (!manager.listBlockDevices) return;
      const disks = await manager.listBlockDevices(host, { partitions: false });
      const all = await manager.listBlockDevices(host, { partitions: true });
      for (const device of all) assert.match(device.path, /^\/dev\/[^\0]+$/);
      assert.deepEqual(
        disks.map(({ kind }) => kind).filter((kind) => kind !== 'disk'),
        [],
      );
      const paths = new Set(all.map(({ path }) => path));
      assert.equal(paths.size, all.length, 'a device is listed twice');
      for (const disk of disks) assert.ok(paths.has(disk.path), disk.path);
    });
  });
}
