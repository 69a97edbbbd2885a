import { execFileSync } from 'node:child_process';
import type { BlockDevice } from '../../src/core/block-device.ts';
import type { IronicNode } from '../../src/core/ironic-node.ts';
import {
  type PartitionImageRequest,
  type PreparedDisk,
  preparePartitions,
} from '../../src/image/partition-image/prepare.ts';
import { imageInfoFromWire, imageInfoSchema } from '../../src/image/request/image-info.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { createJobContext, type JobContextOptions, type TestJobContext } from './job-context.ts';
import type { LoopDevice } from './loop-device.ts';

export interface PrepareOptions {
  /** How the machine boots. Default: uefi. */
  readonly boot?: 'uefi' | 'bios-gpt' | 'bios-msdos';
  /** `image_info` over a root of 64 MiB alone. */
  readonly info?: Readonly<Record<string, unknown>>;
  readonly configDrive?: Uint8Array;
  readonly rootImageBytes?: number;
  readonly context?: Partial<JobContextOptions>;
}

export interface Preparation {
  readonly context: TestJobContext;
  readonly request: PartitionImageRequest;
}

const nodes: Readonly<Record<NonNullable<PrepareOptions['boot']>, Partial<IronicNode>>> = {
  uefi: { instance_info: { deploy_boot_mode: 'uefi' } },
  'bios-gpt': { instance_info: { deploy_boot_mode: 'bios', capabilities: { disk_label: 'gpt' } } },
  'bios-msdos': { instance_info: { deploy_boot_mode: 'bios' } },
};

/** What preparePartitions gets for a loop device as it is now, with an ESP of 64 MiB. */
export async function preparation(disk: LoopDevice, options: PrepareOptions = {}): Promise<Preparation> {
  const { config, ...rest } = options.context ?? {};
  const context = createJobContext({
    devices: [disk.path],
    ...rest,
    config: { efiSystemPartitionSizeMib: 64, ...config },
  });
  const devices = await listBlockDevices(createJobContext({ devices: [disk.path] }), { partitions: true });
  const wire = {
    id: 'root.img',
    urls: ['http://x/'],
    image_type: 'partition',
    root_mb: 64,
    swap_mb: 0,
    ephemeral_mb: 0,
  };
  const request: PartitionImageRequest = {
    imageInfo: imageInfoFromWire(await imageInfoSchema.validateAsync({ ...wire, ...options.info })),
    device: devices.find(({ path }) => path === disk.path) as BlockDevice,
    partitions: devices.filter(({ kind }) => kind === 'partition'),
    node: { uuid: 'n', properties: { cpu_arch: 'x86_64' }, ...nodes[options.boot ?? 'uefi'] },
    configDrive: options.configDrive ?? null,
    rootImageBytes: options.rootImageBytes ?? null,
  };
  return { context, request };
}

export async function prepare(disk: LoopDevice, options: PrepareOptions = {}): Promise<PreparedDisk> {
  const { context, request } = await preparation(disk, options);
  return preparePartitions(request, context);
}

/** What blkid reads from a device itself, by tag. */
export function tagsOf(path: string): Readonly<Record<string, string>> {
  const output = execFileSync('blkid', ['--probe', '--output', 'export', path], { encoding: 'utf8' });
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
}
