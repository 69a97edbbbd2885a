import type { BlockDevice } from '../core/block-device.ts';

/** Where an EFI system partition lies. */
export interface EfiSystemPartition {
  /** Its own path, `/dev/nvme0n1p1`. */
  readonly device: string;
  readonly disk: string;
  readonly number: number;
  /** Unique GUID in lower case; null on a disk with an MBR. */
  readonly guid: string | null;
}

/** Partition types of an EFI system partition, GPT and MBR (UEFI specification 2.10, sections 5.2.2 and 5.3.3). */
const types = new Set(['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', '0xef', 'ef']);

/**
 * The EFI system partition of `disk`: the first one by its partition type, else the partition that has `uuid` (of its file
 * system or its own); null when there is neither.
 */
export function findEfiSystemPartition(
  devices: readonly BlockDevice[],
  disk: string,
  uuid: string | null,
): EfiSystemPartition | null {
  const partitions = devices.flatMap((device) => locate(device, disk)).toSorted((a, b) => a.esp.number - b.esp.number);
  const byType = partitions.find(({ device }) => types.has((device.partitionType ?? '').toLowerCase()));
  return (byType ?? partitions.find(({ device }) => hasUuid(device, uuid)))?.esp ?? null;
}

function locate(device: BlockDevice, disk: string): { device: BlockDevice; esp: EfiSystemPartition }[] {
  const number = device.kind === 'partition' && device.disk === disk ? partitionNumber(device.path, disk) : null;
  if (number === null) return [];
  const guid = isGuid(device.partitionUuid) ? device.partitionUuid.toLowerCase() : null;
  return [{ device, esp: { device: device.path, disk, number, guid } }];
}

/** The number in the name of a partition: 2 for `/dev/sda2`, and for `/dev/nvme0n1p2` of `/dev/nvme0n1`; else null. */
export function partitionNumber(path: string, disk: string): number | null {
  if (!path.startsWith(disk)) return null;
  // The kernel puts a `p` between a disk name that ends in a digit and the number.
  const separator = /\d$/.test(disk) ? 'p' : '';
  const digits = new RegExp(`^${separator}(\\d+)$`).exec(path.slice(disk.length))?.[1];
  return digits === undefined ? null : Number(digits);
}

function hasUuid(device: BlockDevice, uuid: string | null): boolean {
  if (uuid === null) return false;
  return [device.uuid, device.partitionUuid].some((own) => own?.toLowerCase() === uuid.toLowerCase());
}

/** An MBR partition has a short made-up id (`1234abcd-01`) instead. */
function isGuid(id: string | null): id is string {
  return id !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
