import assert from 'node:assert/strict';
import { createProxyServer } from '../../support/proxy-server.ts';
import { assertImageOnDisk, assertPartitionsOnDisk, hashOf, partitionTable } from '../lab/disk-evidence.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import { type ImageName, rootPartition } from '../lab/lab-images.ts';
import { recorded } from '../lab/recorded.ts';

const mebibyte = 2 ** 20;
const uefi = { properties: { cpu_arch: 'x86_64', local_gb: 10, capabilities: 'boot_mode:uefi' } };

/** Deploys a whole-disk image in BIOS mode, and looks at the disk and at what was said. */
async function deployWholeDisk(
  stage: Stage,
  name: ImageName,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { images } = stage.lab;
  await stage.makeAvailable();
  await stage.deploy(images.instanceInfo(name, more));
  await assertImageOnDisk(images.image('disk.raw').file, stage.disk.path);
  stage.spoke(recorded.deploy('write_image'));
}

export const deployQcow2 = defineFlow({
  name: 'deploy-qcow2',
  title: 'deploy a qcow2 image by os_hash_algo and os_hash_value',
  async run(stage) {
    const { sha256 } = stage.lab.images.image('disk.qcow2');
    await deployWholeDisk(stage, 'disk.qcow2', {
      image_checksum: undefined,
      image_os_hash_algo: 'sha256',
      image_os_hash_value: sha256,
    });
  },
});

export const deployZstd = defineFlow({
  name: 'deploy-zstd',
  title: 'deploy a raw image compressed with zstd',
  run: (stage) => deployWholeDisk(stage, 'disk.raw.zst', { image_disk_format: 'raw' }),
});

export const checksumAsUrl = defineFlow({
  name: 'checksum-as-url',
  title: 'deploy with the checksum as the URL of a file of checksums',
  async run(stage) {
    const { sha256 } = stage.lab.images.image('disk.raw');
    const lines = `${'0'.repeat(64)}  other.raw\n${sha256}  disk.raw\n`;
    const url = stage.lab.images.server.serve('/SHA256SUMS', Buffer.from(lines));
    await deployWholeDisk(stage, 'disk.raw', { image_checksum: url });
  },
});

export const rebuild = defineFlow({
  name: 'rebuild',
  title: 'deploy, then rebuild with another image',
  async run(stage) {
    const { images } = stage.lab;
    await stage.makeAvailable();
    await stage.deploy(images.instanceInfo('disk.qcow2'));
    await stage.node.set({ instance_info: images.instanceInfo('esp.raw') });
    await stage.node.provision('rebuild');
    await stage.node.reaches('active');
    await assertPartitionsOnDisk(images.image('esp.raw').file, stage.disk.path);
    stage.spoke(recorded.deploy('write_image'), recorded.deploy('write_image'));
  },
});

export const rootDeviceHints = defineFlow({
  name: 'root-device-hints',
  title: 'deploy to the disk that root device hints choose, and to no other',
  needs: { disks: [48 * mebibyte, 96 * mebibyte, 64 * mebibyte] },
  async run(stage) {
    const [small, wanted, other] = stage.disks.map(({ path }) => path);
    assert.ok(small && wanted && other);
    const untouched = await hashOf(other, 0, mebibyte);
    const properties = { cpu_arch: 'x86_64', local_gb: 10, root_device: { name: wanted } };
    await stage.node.set({ properties });
    const { images } = stage.lab;
    await stage.makeAvailable();
    await stage.deploy(images.instanceInfo('disk.raw'));
    await assertImageOnDisk(images.image('disk.raw').file, wanted);
    for (const disk of [small, other]) assert.equal(await hashOf(disk, 0, mebibyte), untouched);
  },
});

export const proxies = defineFlow({
  name: 'proxies',
  title: 'deploy an image by way of the proxy that the node names',
  async run(stage) {
    const { images } = stage.lab;
    await using proxy = await createProxyServer(Number(new URL(images.server.origin).port));
    await stage.node.set({ driver_info: { image_http_proxy: `http://${proxy.host}`, image_no_proxy: '.example.org' } });
    await deployWholeDisk(stage, 'disk.raw');
    assert.ok(
      proxy.seen.some(({ line }) => line.includes('/disk.raw')),
      'nothing came by way of the proxy',
    );
  },
});

export const wholeDiskUefi = defineFlow({
  name: 'whole-disk-uefi',
  title: 'deploy a whole-disk image with an EFI system partition in UEFI mode',
  needs: { node: () => uefi },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('esp.raw'));
    await assertPartitionsOnDisk(stage.lab.images.image('esp.raw').file, stage.disk.path);
    stage.spoke(recorded.deployWithBootloader('write_image'));
  },
});

const partitionImage = { image_type: 'partition', root_gb: 1, swap_mb: 64 };

/** The machine of the lab was started by its BIOS, so no boot entry can be made: the operator says to go on without. */
const withoutBootloader = { disks: [2048 * mebibyte], args: () => ['--ignore-bootloader-failure'] };

export const partitionUefi = defineFlow({
  name: 'partition-uefi',
  title: 'deploy a partition image in UEFI mode: GPT with EFI system partition, swap and root',
  needs: { ...withoutBootloader, node: () => uefi },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(
      stage.lab.images.instanceInfo('part.raw', {
        ...partitionImage,
        capabilities: { boot_mode: 'uefi', disk_label: 'gpt' },
      }),
    );
    await assertRootPartition(stage, { label: 'gpt', partitions: 3 });
    stage.spoke(recorded.deployWithBootloader('write_image'));
  },
});

export const partitionBios = defineFlow({
  name: 'partition-bios',
  title: 'deploy a partition image in BIOS mode: MBR with swap and root, no GRUB (ignore_bootloader_failure)',
  needs: withoutBootloader,
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('part.raw', partitionImage));
    await assertRootPartition(stage, { label: 'dos', partitions: 2 });
    stage.spoke(recorded.deployWithBootloader('write_image'));
  },
});

export const bootloaderRefused = defineFlow({
  name: 'bootloader-refused',
  title: 'a partition image in BIOS mode fails readably where nothing makes it bootable',
  needs: { disks: [1536 * mebibyte] },
  async run(stage) {
    await stage.makeAvailable();
    const { last_error: error } = await stage.deployFails(stage.lab.images.instanceInfo('part.raw', partitionImage));
    assert.match(error ?? '', /boot loader.*GRUB/s);
  },
});

async function assertRootPartition(
  stage: Stage,
  expected: { readonly label: 'gpt' | 'dos'; readonly partitions: number },
): Promise<void> {
  const table = await partitionTable(stage.disk.path);
  assert.equal(table?.label, expected.label);
  assert.equal(table?.partitions?.length, expected.partitions);
  const root = table?.partitions?.at(-1);
  assert.ok(root);
  const { file } = stage.lab.images.image('part.raw');
  const written = await hashOf(stage.disk.path, root.start * 512, rootPartition.sizeBytes);
  assert.equal(written, await hashOf(file, 0, rootPartition.sizeBytes));
}
