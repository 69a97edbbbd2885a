import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { createImageServer, type ImageServer } from '../support/image-server.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { tagsOf } from '../support/prepared-disk.ts';
import { smallNode } from '../support/step-request.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { sha256 } from '../support/written-disk.ts';

const mebibyte = 1 << 20;

/** An ext4 file system with one file, as diskimage-builder makes the image of a partition. */
function rootFileSystem(): Buffer {
  using dir = temporaryDirectory();
  const [file, tree] = [path.join(dir.path, 'root.img'), path.join(dir.path, 'tree')];
  mkdirSync(tree);
  writeFileSync(path.join(tree, 'hostname'), 'deployed\n');
  // The blocks of ext4 are 4 KiB then, which sectors of 4096 bytes can hold.
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-b', '4096', '-d', tree, file, '32M']);
  return readFileSync(file);
}

for (const sectorBytes of [512, 4096] as const) {
  describe(`a partition image that a conductor deploys (sectors of ${sectorBytes} bytes)`, () => {
    let disk: LoopDevice;
    let server: ImageServer;
    let agent: RunningAgent;

    before(async () => {
      disk = await createLoopDevice({ sizeBytes: 256 * mebibyte, sectorBytes });
      server = await createImageServer();
      agent = await startAgent({ devices: [disk.path], args: ['--disk-utils-efi-system-partition-size', '64'] });
    });
    after(() => disk[Symbol.asyncDispose]());
    after(() => server[Symbol.asyncDispose]());
    after(() => agent.stop());

    it('is in the root partition, and the UUIDs that are told are those on the disk', async () => {
      const image = rootFileSystem();
      const { id } = await agent.accepted('deploy.execute_deploy_step', {
        step: {
          step: 'write_image',
          interface: 'deploy',
          args: {
            image_info: {
              ...{ id: 'root', urls: [server.serve('/root.img', image)], checksum: sha256(image), disk_format: 'raw' },
              ...{ image_type: 'partition', root_mb: 64, swap_mb: 16, ephemeral_mb: 16, ephemeral_format: 'ext4' },
            },
          },
        },
        node: {
          ...smallNode,
          properties: { root_device: { name: disk.path }, cpu_arch: 'x86_64' },
          instance_info: { deploy_boot_mode: 'uefi' },
        },
        ports: [],
      });
      const ended = await agent.ended(id);
      assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);

      const told = await agent.accepted('standby.get_partition_uuids', {}, { wait: true });
      const uuids = told.command_result as { readonly [name: string]: unknown; readonly partitions: Partitions };
      const rootTags = tagsOf(uuids.partitions.root);
      assert.equal(rootTags['UUID'], uuids['root uuid']);
      assert.equal(rootTags['TYPE'], 'ext4');
      assert.equal(
        tagsOf(uuids.partitions['efi system partition'])['UUID'],
        uuids['efi system partition uuid'],
        JSON.stringify(uuids),
      );
      assert.ok(readFileSync(uuids.partitions.root).subarray(0, image.length).equals(image), 'root differs');
      assert.match(JSON.stringify(ended.command_result), new RegExp(`root_uuid=${uuids['root uuid']}`));
    });
  });
}

/** Paths of the partitions, by what they are for. */
interface Partitions {
  readonly root: string;
  readonly 'efi system partition': string;
}
