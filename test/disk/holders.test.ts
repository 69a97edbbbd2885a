import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Host } from '../../src/core/job-context.ts';
import type { RunTool, ToolCall } from '../../src/core/tool.ts';
import { findRefusals } from '../../src/storage/guard.ts';
import { readGuardFacts } from '../../src/storage/guard-facts.ts';
import { performRelease } from '../../src/storage/holders/perform-release.ts';
import { planRelease } from '../../src/storage/holders/plan-release.ts';
import { readHolders } from '../../src/storage/holders/read-holders.ts';
import type { ReleaseAction } from '../../src/storage/holders/release-plan.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { createStorageHost, type StorageHost } from '../support/storage-host.ts';

const sizeBytes = 64 << 20;

async function planFor(loops: readonly LoopDevice[], host: Host) {
  const targets = await listBlockDevices(host, { partitions: true });
  assert.deepEqual(
    targets
      .filter(({ kind }) => kind === 'disk')
      .map(({ path }) => path)
      .sort(),
    loops.map(({ path }) => path).sort(),
  );
  return { targets, ...planRelease(targets, readHolders(targets), { dissolveArrays: false }) };
}

async function partitionedLoop(count: number) {
  const loop = await createLoopDevice({ sizeBytes });
  execFileSync(
    'sgdisk',
    Array.from({ length: count }, (_, index) => `--new=${index + 1}:0:${index + 1 < count ? '+20M' : 0}`).concat(
      loop.path,
    ),
  );
  return { loop, partitions: await addPartitions(loop.path) };
}

test('the tree has the disks, their partitions, and where they are mounted and swapped to', async () => {
  const { loop, partitions } = await partitionedLoop(2);
  await using _loop = loop;
  const [first = '', second = ''] = partitions;
  execFileSync('mkfs.ext4', ['-q', first]);
  execFileSync('mkswap', [second]);
  const mountPoint = await mkdtemp(join(tmpdir(), 'ironhand-mount-'));
  execFileSync('mount', [first, mountPoint]);
  execFileSync('swapon', [second]);
  try {
    const host = createStorageHost([loop.path]);
    const { nodes, unread } = readHolders(await listBlockDevices(host, { partitions: false }));
    const told = nodes.map(({ path, kind, below, mountPoints, isSwap }) => ({
      path,
      kind,
      below,
      mountPoints,
      isSwap,
    }));
    assert.deepEqual(told, [
      { path: loop.path, kind: 'disk', below: [], mountPoints: [], isSwap: false },
      { path: second, kind: 'partition', below: [loop.path], mountPoints: [], isSwap: true },
      { path: first, kind: 'partition', below: [loop.path], mountPoints: [mountPoint], isSwap: false },
    ]);
    assert.deepEqual(unread, []);
    const { actions, refusals } = await planFor([loop], host);
    assert.deepEqual(actions, []);
    assert.deepEqual(
      refusals.map(({ detail }) => detail),
      [`${first} is mounted on ${mountPoint}`],
    );
  } finally {
    execFileSync('swapoff', [second]);
    execFileSync('umount', [mountPoint]);
    await rmdir(mountPoint);
  }
});

test('a disk that is gone is told as one that was not read', async () => {
  const loop = await createLoopDevice({ sizeBytes });
  const [device] = await listBlockDevices(createStorageHost([loop.path]), { partitions: false });
  await loop[Symbol.asyncDispose]();
  assert.ok(device);
  const { nodes, unread } = readHolders([{ ...device, path: '/dev/loop4095', disk: '/dev/loop4095' }]);
  assert.deepEqual(nodes, []);
  assert.equal(unread[0]?.device, '/dev/loop4095');
});

test('swap areas on a disk and on a partition are let go, and then nothing speaks against the disks', async () => {
  await using whole = await createLoopDevice({ sizeBytes });
  const { loop: split, partitions } = await partitionedLoop(1);
  await using _split = split;
  const areas = [whole.path, partitions[0] ?? ''];
  const host = createStorageHost([whole.path, split.path]);
  for (const area of areas) execFileSync('mkswap', [area]);
  for (const area of areas) execFileSync('swapon', [area]);
  try {
    const { targets, actions, refusals, releasable } = await planFor([whole, split], host);
    assert.deepEqual(refusals, []);
    assert.deepEqual(
      actions.map(({ kind, device }) => `${kind} ${device}`).sort(),
      areas.map((area) => `swap-off ${area}`).sort(),
    );
    const policy = { clusterFileSystems: true, named: new Set<string>(), fabricDevices: [] };
    const before = await readGuardFacts(targets, host);
    assert.deepEqual(findRefusals(targets, before, { ...policy, releasable }), []);
    assert.equal(findRefusals(targets, before, { ...policy, releasable: new Set() }).length, 2);
    await performRelease(actions, host);
    const after = await readGuardFacts(targets, host);
    assert.deepEqual(findRefusals(targets, after, { ...policy, releasable: new Set() }), []);
    await performRelease(actions, host);
    assert.equal(host.entries.filter(({ message }) => message === 'a user of the disk was taken down').length, 2);
  } finally {
    const left = execFileSync('swapon', ['--show=NAME', '--noheadings'], { encoding: 'utf8' }).split('\n');
    for (const area of areas) if (left.includes(area)) execFileSync('swapoff', [area]);
  }
});

test('the latch keeps swap on a disk that was not named', async () => {
  await using loop = await createLoopDevice({ sizeBytes });
  execFileSync('mkswap', [loop.path]);
  execFileSync('swapon', [loop.path]);
  try {
    const action: ReleaseAction = { kind: 'swap-off', device: loop.path, disks: [loop.path] };
    await assert.rejects(performRelease([action], createStorageHost([])), { name: 'SafetyLatchError' });
    assert.match(execFileSync('swapon', ['--show=NAME'], { encoding: 'utf8' }), new RegExp(loop.path));
  } finally {
    execFileSync('swapoff', [loop.path]);
  }
});

/** Partitions of a loop device stand in for arrays and volumes: they are devices that a scripted program can make go away. */
suite('arrays, volumes and mappings', () => {
  function scripted(host: StorageHost, answer: (call: ToolCall) => void): { host: Host; calls: string[] } {
    const calls: string[] = [];
    const run: RunTool = async (call) => {
      host.latch.permit(call.effect);
      calls.push([call.program, ...call.args].join(' '));
      answer(call);
      return { stdout: '', stderr: '', exitCode: 0 };
    };
    return { host: { ...host, run }, calls };
  }

  test('each is taken down by its program, in order, and seen to be gone', async () => {
    const { loop, partitions } = await partitionedLoop(3);
    await using _loop = loop;
    const [volume = '', mapping = '', array = ''] = partitions;
    const disks = [loop.path];
    const gone: Readonly<Record<string, string>> = { lvm: '1', dmsetup: '2', mdadm: '3' };
    const { host, calls } = scripted(createStorageHost([loop.path]), ({ program }) => {
      execFileSync('partx', ['--delete', '--nr', gone[program] ?? '', loop.path]);
    });
    await performRelease(
      [
        { kind: 'deactivate-volume', device: volume, volume: 'vg/lv', parts: [], disks },
        { kind: 'remove-mapping', device: mapping, name: 'mpatha1', disks },
        { kind: 'stop-array', device: array, disks },
      ],
      host,
    );
    assert.deepEqual(calls, [
      'lvm lvchange --yes --devicesfile  --activate n vg/lv',
      'dmsetup remove --retry mpatha1',
      `mdadm --stop ${array}`,
    ]);
  });

  test('a program that reports success and does nothing is found out, and what would follow is not done', async () => {
    const { loop, partitions } = await partitionedLoop(2);
    await using _loop = loop;
    const [first = '', second = ''] = partitions;
    const { host, calls } = scripted(createStorageHost([loop.path]), () => {});
    const actions: readonly ReleaseAction[] = [
      { kind: 'deactivate-volume', device: first, volume: 'vg/lv', parts: [], disks: [loop.path] },
      { kind: 'stop-array', device: second, disks: [loop.path] },
    ];
    await assert.rejects(performRelease(actions, host), {
      name: 'ReleaseError',
      message: `${first} is still there although lvchange --activate n succeeded`,
    });
    assert.equal(calls.length, 1);
  });

  test('a hidden volume that stays is found out', async () => {
    const { loop, partitions } = await partitionedLoop(2);
    await using _loop = loop;
    const [top = '', part = ''] = partitions;
    const { host } = scripted(createStorageHost([loop.path]), () => {
      execFileSync('partx', ['--delete', '--nr', '1', loop.path]);
    });
    const action = {
      kind: 'deactivate-volume',
      device: top,
      volume: 'vg/lv',
      parts: [part],
      disks: [loop.path],
    } as const;
    await assert.rejects(performRelease([action], host), {
      name: 'ReleaseError',
      message: new RegExp(`${part} is still there`),
    });
  });

  test('nothing is taken down after an abort', async () => {
    await using loop = await createLoopDevice({ sizeBytes });
    const { host, calls } = scripted(createStorageHost([loop.path]), () => {});
    const aborted = { ...host, signal: AbortSignal.abort(new Error('stop')) };
    await assert.rejects(
      performRelease([{ kind: 'stop-array', device: loop.path, disks: [loop.path] }], aborted),
      /stop/,
    );
    assert.deepEqual(calls, []);
  });
});
