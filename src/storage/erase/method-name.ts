/** Every method of erasing, the strongest first; this is also the order in which they are chosen. */
export const eraseMethodNames = [
  'nvme-sanitize-crypto',
  'nvme-sanitize-block',
  'nvme-sanitize-overwrite',
  'nvme-format-crypto',
  'nvme-format-user-data',
  'ata-sanitize-crypto',
  'ata-sanitize-block',
  'ata-sanitize-overwrite',
  'ata-secure-erase-enhanced',
  'ata-secure-erase',
  'scsi-sanitize-crypto',
  'scsi-sanitize-block',
  'scsi-sanitize-overwrite',
  'scsi-format-unit',
  'overwrite',
  'write-zeroes',
  'discard',
  'metadata',
] as const;

export type EraseMethodName = (typeof eraseMethodNames)[number];
