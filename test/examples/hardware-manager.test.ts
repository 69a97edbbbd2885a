import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { BlockDevice } from '../../src/core/block-device.ts';
import { defineHardwareManager, type ManagerRegistry } from '../../src/core/hardware-manager.ts';
import type { StepContext } from '../../src/core/job-context.ts';
import {
  CommandExecutionError,
  HardwareManagerMethodNotFoundError,
  InvalidCommandParamsError,
} from '../../src/errors/catalogue.ts';
import { discoverManagers } from '../../src/hardware/discover-managers.ts';
import { loadManagers } from '../../src/hardware/load-managers.ts';
import { type BootContext, blockDevice, bootContext } from '../src/boot/boot-context.ts';

const example = fileURLToPath(new URL('../../examples/hardware-manager', import.meta.url));
const step = (args: Readonly<Record<string, unknown>> = {}) =>
  ({ step: 'check_disk_health', interface: 'deploy', args }) as const;

/** A machine with these disks, each with the exit code of `smartctl --health`; null where smartctl is missing. */
function machine(exitCodes: Readonly<Record<string, number>> | null): BootContext {
  return bootContext({
    answer: ({ args }) => {
      if (exitCodes === null) throw new Error('smartctl is not installed');
      return { exitCode: exitCodes[args.at(-1) ?? ''] ?? 0 };
    },
  });
}

/** Installs the example as npm would, and loads it beside a built-in manager that lists the disks. */
async function load(context: BootContext, disks: readonly string[]): Promise<ManagerRegistry> {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'ironhand-test-'));
  const nodeModules = join(directory.path, 'node_modules');
  await mkdir(nodeModules);
  await symlink(example, join(nodeModules, 'ironhand-manager-disk-health'));
  const listing = defineHardwareManager({
    name: 'listing',
    className: 'Listing',
    version: '1',
    evaluateSupport: async () => 1,
    listBlockDevices: async (): Promise<readonly BlockDevice[]> => disks.map((path) => blockDevice(path)),
  });
  return await loadManagers([listing], discoverManagers([nodeModules], join(directory.path, 'none')), context);
}

/** Runs the step as a conductor would ask for it. */
async function check(exitCodes: Readonly<Record<string, number>>, args = {}): Promise<unknown> {
  const context = machine(exitCodes);
  const managers = await load(context, Object.keys(exitCodes));
  const stepContext: StepContext = { ...context, managers, node: { uuid: 'node' }, ports: [] };
  return await managers.executeStep('clean', step(args), stepContext);
}

suite('the example of a hardware manager', () => {
  test('is found by its package.json, loaded, and offers its step', async () => {
    const managers = await load(machine({}), []);
    assert.deepEqual(managers.broken, []);
    assert.equal(managers.versions.disk_health_manager, '1.0');
    const [offered] = managers.advertisedSteps('clean', machine({}).config).DiskHealthManager ?? [];
    assert.equal(offered?.step, 'check_disk_health');
    assert.equal(offered.priority, 100);
    assert.deepEqual(Object.keys(offered.argsinfo ?? {}), ['require_answer']);
    assert.equal(managers.advertisedSteps('deploy', machine({}).config).DiskHealthManager, undefined);
  });

  test('is left out where smartctl is missing, without being called broken', async () => {
    const managers = await load(machine(null), []);
    assert.deepEqual(managers.broken, []);
    assert.deepEqual(Object.keys(managers.versions), ['listing']);
  });

  // Exit codes seen with smartctl 7.3: 0 for a healthy NVMe disk, 1 for a virtio disk, which knows no SMART.
  test('tells the health of every disk', async () => {
    const health = await check({ '/dev/nvme0n1': 0, '/dev/vda': 1, '/dev/sda': 0b1100_0000 });
    assert.deepEqual(health, { '/dev/nvme0n1': 'healthy', '/dev/vda': 'unknown', '/dev/sda': 'healthy' });
  });

  test('fails when a disk says that it is failing, and names it', async () => {
    await assert.rejects(check({ '/dev/sda': 0, '/dev/sdb': 0b1001_1000 }), (error) => {
      assert.ok(error instanceof CommandExecutionError);
      assert.match(error.details, /about to fail: \/dev\/sdb$/);
      return true;
    });
  });

  test('fails for a disk that cannot tell only when asked to', async () => {
    const exitCodes = { '/dev/sda': 0, '/dev/vda': 1 };
    await check(exitCodes);
    await assert.rejects(check(exitCodes, { require_answer: true }), CommandExecutionError);
  });

  test('leaves a machine whose disks cannot tell to the next manager', async () => {
    await assert.rejects(check({ '/dev/vda': 1 }), HardwareManagerMethodNotFoundError);
  });

  test('refuses arguments that it does not know', async () => {
    await assert.rejects(check({ '/dev/sda': 0 }, { require_anwser: true }), InvalidCommandParamsError);
  });

  test('runs nothing that changes anything', async () => {
    const context = machine({ '/dev/sda': 0 });
    const managers = await load(context, ['/dev/sda']);
    await managers.executeStep('clean', step(), { ...context, managers, node: { uuid: 'node' }, ports: [] });
    assert.deepEqual(
      context.calls.map(({ program, args, effect }) => [program, args[0], effect.kind]),
      [
        ['smartctl', '--version', 'read'],
        ['smartctl', '--health', 'read'],
      ],
    );
  });
});
