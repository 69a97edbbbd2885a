import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { JobCheckpoint } from '../../src/core/job-context.ts';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { eraseDevices } from '../../src/steps/erase-devices.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import { startEraseStep } from '../support/erase-step.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';

const mebibyte = 1024 ** 2;

interface Saved {
  readonly devices: Readonly<Record<string, { readonly erasure: unknown; readonly record: unknown }>>;
}

/** Runs the step until the record says so of the first disk; then its worker stops, and somebody mounts the second one. */
async function cutOff(
  first: LoopDevice,
  second: LoopDevice,
  isMoment: (saved: Saved) => boolean,
): Promise<{ readonly checkpoint: JobCheckpoint; release(): void }> {
  const controller = new AbortController();
  const kept = memoryCheckpoint();
  const checkpoint: JobCheckpoint = {
    read: kept.read,
    save(value) {
      if (!controller.signal.aborted) kept.save(value);
      if (isMoment(value as Saved)) controller.abort(new Error('the worker is stopping'));
    },
  };
  const devices = [first.path, second.path];
  const { result } = startEraseStep(eraseDevices, { devices, checkpoint, signal: controller.signal });
  await assert.rejects(result, /the worker is stopping/);
  await sowCanaries(second.path, { everyBytes: mebibyte });
  execFileSync('mkfs.ext4', ['-q', '-F', '-E', 'nodiscard', second.path]);
  const directory = execFileSync('mktemp', ['--directory'], { encoding: 'utf8' }).trim();
  // Read-only: else ext4 clears its inode tables in its own time, and the canaries in them with it.
  execFileSync('mount', ['-o', 'ro', second.path, directory]);
  const release = (): void => {
    execFileSync('umount', [directory]);
    execFileSync('rmdir', [directory]);
  };
  return { checkpoint: kept, release };
}

describe('the step erase_devices, when a disk that waits is refused after a restart', () => {
  for (const [name, isMoment] of [
    ['has ended', ({ devices }: Saved, path: string) => (devices[path]?.erasure ?? null) !== null],
    ['is in the middle', ({ devices }: Saved, path: string) => (devices[path]?.record ?? null) !== null],
  ] as const) {
    it(`brings a disk that ${name} to its certificate, and leaves the refused one alone`, async () => {
      const sizeBytes = 16 * mebibyte;
      await using one = await createLoopDevice({ sizeBytes });
      await using other = await createLoopDevice({ sizeBytes });
      const [first, second] =
        one.path.localeCompare(other.path, 'en', { numeric: true }) < 0 ? [one, other] : [other, one];
      await sowCanaries(first.path);
      const { checkpoint, release } = await cutOff(first, second, (saved) => isMoment(saved, first.path));
      try {
        const before = await findCanaries(second.path);
        assert.ok(before.length > 0);
        const { context, result } = startEraseStep(eraseDevices, { devices: [first.path, second.path], checkpoint });
        const error = await result.then(
          () => assert.fail('one of two disks was not erased'),
          (failure: AgentError) => failure,
        );
        assert.match(error.details, new RegExp(`1 of 2 disks are not clean .*${second.path} is mounted on`));
        assert.deepEqual(await findCanaries(first.path), []);
        assert.deepEqual(await findCanaries(second.path), before);
        const results = context.certificates.saved.map(({ json }) => JSON.parse(json).certificate.result);
        assert.equal(results.length, 3, JSON.stringify(results));
      } finally {
        release();
      }
    });
  }
});

describe('the step erase_devices, when its process dies after its end and before anybody knows', () => {
  it('gives the same results again, and touches nothing', async () => {
    await using disk = await createLoopDevice({ sizeBytes: 4 * mebibyte });
    await sowCanaries(disk.path);
    const checkpoint = memoryCheckpoint();
    const first = startEraseStep(eraseDevices, { devices: [disk.path], checkpoint });
    const { [disk.path]: known } = await first.result;
    const sown = await sowCanaries(disk.path);
    const second = startEraseStep(eraseDevices, { devices: [disk.path], checkpoint });
    const { [disk.path]: again } = await second.result;
    assert.deepEqual({ ...again, certificate: null }, { ...known, certificate: null });
    assert.equal((await findCanaries(disk.path)).length, sown.length);
    const ids = (run: typeof first) => run.context.certificates.saved.map(({ id }) => id);
    assert.deepEqual(ids(second), ids(first));
  });
});
