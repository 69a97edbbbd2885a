import type { BlockDevice } from '../../../core/block-device.ts';
import type { Sanitization } from '../method.ts';
import type { EraseMethodName } from '../method-name.ts';
import type { NistMethod } from './certificate-body.ts';

/** How each method is called in NIST SP 800-88 Rev. 1 (appendix A and the sample certificate of appendix G), then by its command. */
const techniques: Readonly<Record<EraseMethodName, string>> = {
  'nvme-sanitize-crypto': 'Crypto Erase (NVMe Sanitize, crypto erase)',
  'nvme-sanitize-block': 'Block Erase (NVMe Sanitize, block erase)',
  'nvme-sanitize-overwrite': 'Overwrite (NVMe Sanitize, overwrite)',
  'nvme-format-crypto': 'Crypto Erase (NVMe Format, cryptographic erase)',
  'nvme-format-user-data': 'Block Erase (NVMe Format, user data erase)',
  'ata-sanitize-crypto': 'Crypto Erase (ATA CRYPTO SCRAMBLE EXT)',
  'ata-sanitize-block': 'Block Erase (ATA BLOCK ERASE EXT)',
  'ata-sanitize-overwrite': 'Overwrite (ATA OVERWRITE EXT)',
  'ata-secure-erase-enhanced': 'Secure Erase (ATA SECURITY ERASE UNIT, enhanced)',
  'ata-secure-erase': 'Secure Erase (ATA SECURITY ERASE UNIT, normal)',
  'scsi-sanitize-crypto': 'Crypto Erase (SCSI SANITIZE, cryptographic erase)',
  'scsi-sanitize-block': 'Block Erase (SCSI SANITIZE, block erase)',
  'scsi-sanitize-overwrite': 'Overwrite (SCSI SANITIZE, overwrite)',
  'scsi-format-unit': 'Overwrite (SCSI FORMAT UNIT)',
  overwrite: 'Overwrite (written by the host)',
  'write-zeroes': 'Overwrite (write-zeroes of the kernel: WRITE SAME, Write Zeroes)',
  discard: 'Other (discard of all blocks)',
  metadata: 'Other (partition tables and signatures only)',
};

export function techniqueOf(method: EraseMethodName): string {
  return techniques[method];
}

export function nistMethodOf(sanitization: Sanitization): NistMethod | null {
  switch (sanitization) {
    case 'clear':
      return 'Clear';
    case 'purge':
      return 'Purge';
    case null:
      return null;
  }
}

/** Media type, as far as the kernel knows it. */
export function mediaTypeOf({ transport, rotational }: Pick<BlockDevice, 'transport' | 'rotational'>): string {
  if (transport === null) return 'Unknown (no physical transport)';
  return rotational ? 'Magnetic (hard disk drive)' : 'Flash (solid state drive)';
}
