import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { bytesOf, sha256, write } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const image = gptImage({ sizeBytes: 32 * MiB });
const checksum = sha256(image);
const script = join(import.meta.dirname, '../support/write-child.ts');

/** Starts to write in a process of its own and kills it so long after the first byte. */
async function writeAndKill(disk: LoopDevice, url: string, afterMilliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [script, disk.path, url, checksum], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await sleep(afterMilliseconds);
  child.kill('SIGKILL');
  await ended;
}

test('killed at any moment it leaves a disk that is complete or cannot boot, and the next run makes it right', async (t) => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes: 32 * MiB });
  const url = server.serve('/x', image, { bytesPerSecond: 50 * MiB });
  const outcomes: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    await writeAndKill(disk, url, Math.random() * 800);
    const bytes = bytesOf(disk);
    const complete = sha256(bytes) === checksum;
    assert.ok(complete || bytes.subarray(0, 4096).every((byte) => byte === 0));
    outcomes.push(complete ? 'complete' : 'cannot boot');
  }
  t.diagnostic(outcomes.join(', '));
  await write(disk, { urls: [server.serve('/y', image)], checksum });
  assert.equal(sha256(bytesOf(disk)), checksum);
});
