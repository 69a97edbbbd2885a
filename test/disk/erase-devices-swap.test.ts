import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { eraseDevices } from '../../src/steps/erase-devices.ts';
import { planErasure } from '../../src/storage/erase/plan/plan-erasure.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { startEraseStep } from '../support/erase-step.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';

function isSwapping(device: string): boolean {
  return execFileSync('swapon', ['--show=NAME', '--noheadings'], { encoding: 'utf8' }).split('\n').includes(device);
}

test('swap on a disk is planned, switched off and erased; also by the next process, by the same approved plan', async () => {
  await using disk = await createLoopDevice({ sizeBytes: 24 * 1024 ** 2 });
  await sowCanaries(disk.path);
  execFileSync('mkswap', ['--force', disk.path]);
  execFileSync('swapon', [disk.path]);
  try {
    const checkpoint = memoryCheckpoint();
    const { context } = startEraseStep({ ...eraseDevices, run: async () => ({}) }, { devices: [disk.path] });
    const { plan, hash } = await planErasure({ step: 'erase_devices', node: context.node, args: {} }, context);
    assert.deepEqual([plan.refusals, plan.release.map(({ kind }) => kind)], [[], ['swap-off']]);
    assert.ok(isSwapping(disk.path), 'planning changes nothing');

    const { run } = eraseDevices;
    const scene = { devices: [disk.path], args: { plan_hash: hash }, checkpoint };
    const died = new Error('the process dies when swap is off');
    const cutOff: typeof eraseDevices = {
      ...eraseDevices,
      run: (args, world) =>
        run(args, {
          ...world,
          async run(call) {
            const result = await world.run(call);
            if (call.program === 'swapoff') throw died;
            return result;
          },
        }),
    };
    await assert.rejects(startEraseStep(cutOff, scene).result, died);
    assert.equal(isSwapping(disk.path), false);

    const { [disk.path]: erasure } = await startEraseStep(eraseDevices, scene).result;
    assert.equal(erasure?.clean, true);
    assert.deepEqual(await findCanaries(disk.path), []);
  } finally {
    if (isSwapping(disk.path)) execFileSync('swapoff', [disk.path]);
  }
});
