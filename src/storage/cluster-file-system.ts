import type { DeviceContent } from './device-contents.ts';

/** Partition types by which the file systems of storage networks are known even when their content is not recognised. */
const byPartitionType: Readonly<Record<string, string>> = {
  '37affc90-ef7d-4e96-91c3-2d7ae055b174': 'GPFS',
  'aa31e02a-400f-11db-9590-000c2911d1b8': 'VMFS',
  '0xfb': 'VMFS',
};

/** Names that libblkid gives them. */
const bySignature: Readonly<Record<string, string>> = {
  gfs: 'GFS',
  gfs2: 'GFS2',
  ocfs: 'OCFS',
  ntocfs: 'OCFS',
  ocfs2: 'OCFS2',
  vmfs: 'VMFS',
  vmfs_volume_member: 'VMFS',
};

/** The clustered file system that a device holds, by its name; null if it holds none. */
export function clusterFileSystemOf(content: Pick<DeviceContent, 'partitionType' | 'signatures'>): string | null {
  const signatures = content.signatures.map((type) => bySignature[type.toLowerCase()]);
  const partitionType = byPartitionType[content.partitionType?.toLowerCase() ?? ''];
  return partitionType ?? signatures.find((name) => name !== undefined) ?? null;
}
