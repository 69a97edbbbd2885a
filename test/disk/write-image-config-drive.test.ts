import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { AgentError } from '../../src/errors/agent-error.ts';
import { asText, driveFiles, isoImage } from '../support/config-drive.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { memoryCheckpoint } from '../support/memory-checkpoint.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { bytesOf, cannotBoot, sha256, startWrite, type WriteAttempt, write } from '../support/written-disk.ts';

const execute = promisify(execFile);
const MiB = 1024 * 1024;
const canary = 'canary-5e1f-9c27';
const secretFiles = { ...driveFiles, 'openstack/latest/user_data': `password: ${canary}\n`, [`ec2/${canary}`]: 'x' };

/** Everything that a job leaves behind but its disk. */
function traces({ context }: WriteAttempt, spoolDir: string, error?: unknown): string {
  assert.deepEqual(readdirSync(spoolDir), []);
  const checkpoint = context.checkpoint.read() ?? null;
  const told = JSON.stringify([context.entries, context.reports, context.facts, checkpoint]);
  return error instanceof AgentError ? `${told} ${error.stack} ${error.details} ${String(error.cause)}` : told;
}

describe('an image with a config drive', () => {
  for (const sectorBytes of [512, 4096] as const) {
    it(`is written with it, and no word of it is told (${sectorBytes}-byte sectors)`, async () => {
      await using server = await createImageServer();
      await using disk = await createLoopDevice({ sizeBytes: 150 * MiB, sectorBytes });
      using spool = temporaryDirectory();
      const image = gptImage({ sizeBytes: 20 * MiB, sectorBytes });
      const drive = await isoImage(secretFiles);
      const given = {
        512: asText(drive),
        4096: `${server.serve('/drive', gzipSync(drive))}?sig=${canary}`.replace('http://', `http://user:${canary}@`),
      };
      const info = { urls: [server.serve('/x', image)], checksum: sha256(image) };
      const options = { spoolDir: spool.path, checkpoint: memoryCheckpoint() };
      const attempt = await startWrite(disk, info, options, given[sectorBytes]);
      assert.equal((await attempt.written).configDrivePartition, 2);
      assert.doesNotMatch(traces(attempt, spool.path), new RegExp(`${canary}|H4sI`));
      const verified = await execute('sgdisk', ['--verify', disk.path]);
      assert.match(verified.stdout, /No problems found/);
      const { stdout } = await execute('blkid', ['-p', '-s', 'LABEL', '-o', 'value', `${disk.path}p2`]);
      assert.equal(stdout, sectorBytes === 512 ? 'config-2\n' : 'CONFIG-2\n');
      assert.ok(readFileSync(`${disk.path}p2`).includes(canary));
      const tables = (2 + 16384 / sectorBytes) * sectorBytes;
      assert.equal(
        Buffer.compare(bytesOf(disk).subarray(tables, image.length - tables), image.subarray(tables, -tables)),
        0,
      );
    });
  }

  it('is not written where the config drive is none, and no word of it is told', async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes: 30 * MiB });
    await execute('mkfs.ext4', ['-q', disk.path]);
    const before = sha256(bytesOf(disk));
    const image = gptImage({ sizeBytes: 20 * MiB });
    using spool = temporaryDirectory();
    const wrong = [canary, asText(Buffer.from(canary)), Buffer.from(canary).toString('base64'), `http://${canary}@`];
    for (const drive of [...wrong, server.serve('/drive', Buffer.from(`<p>${canary}</p>`))]) {
      const info = { urls: [server.serve('/x', image)], checksum: sha256(image) };
      const attempt = await startWrite(disk, info, { spoolDir: spool.path }, drive);
      await assert.rejects(attempt.written, (error) => {
        assert.ok(error instanceof AgentError);
        assert.equal(error.kind.type, 'DeploymentError');
        assert.doesNotMatch(traces(attempt, spool.path, error), new RegExp(canary));
        return true;
      });
    }
    assert.equal(sha256(bytesOf(disk)), before, 'the disk is as it was');
    assert.equal(server.seen.filter(({ path }) => path === '/x').length, 0);
  });

  it('leaves a disk that does not boot where there is no room for the config drive', async () => {
    await using server = await createImageServer();
    await using disk = await createLoopDevice({ sizeBytes: 20 * MiB });
    const image = gptImage({ sizeBytes: 20 * MiB });
    const info = { urls: [server.serve('/x', image)], checksum: sha256(image) };
    await assert.rejects(
      write(disk, info, {}, asText(await isoImage())),
      /no free range of the disk has room for a partition/,
    );
    assert.ok(cannotBoot(disk));
  });
});
