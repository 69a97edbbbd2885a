import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { runWrite } from '../support/killed-write.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { bytesOf, sha256, write } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const image = gptImage({ sizeBytes: 32 * MiB });
const checksum = sha256(image);

test('killed at any moment it leaves a disk that is complete or cannot boot, and the next run makes it right', async (t) => {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes: 32 * MiB });
  const url = server.serve('/x', image, { bytesPerSecond: 50 * MiB });
  const outcomes: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    await runWrite({ device: disk.path, imageInfo: { urls: [url], checksum } }, Math.random() * 800);
    const bytes = bytesOf(disk);
    const complete = sha256(bytes) === checksum;
    assert.ok(complete || bytes.subarray(0, 4096).every((byte) => byte === 0));
    outcomes.push(complete ? 'complete' : 'cannot boot');
  }
  t.diagnostic(outcomes.join(', '));
  await write(disk, { urls: [server.serve('/y', image)], checksum });
  assert.equal(sha256(bytesOf(disk)), checksum);
});
