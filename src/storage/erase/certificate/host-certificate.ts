import type { KeptCertificate } from '../../../core/kept-certificate.ts';
import type { MachineErasure } from '../device-erasure.ts';
import { type DiskCertificate, type DiskEntry, type HostCertificate, hostSchema } from './certificate-body.ts';
import { commonFields, type Performer } from './common-fields.ts';
import { fileDigest } from './envelope.ts';
import { plainText } from './plain-text.ts';
import { hostVerdict, weakestMethod } from './verdict.ts';

/** The certificate of one disk, with the file that it is in. */
export interface IssuedDisk {
  readonly body: DiskCertificate;
  readonly kept: KeptCertificate;
}

/** The certificate of a whole machine: it names those of its disks, and what their files have to hash to. Pure. */
export function hostCertificate(
  erasure: MachineErasure,
  performer: Performer,
  id: string,
  issued: readonly IssuedDisk[],
): HostCertificate {
  const disks = issued.map(diskEntry);
  const { status, reason } = hostVerdict(disks, erasure.leftOut);
  return {
    ...commonFields(erasure, performer),
    STATUS: status,
    schema: hostSchema,
    id,
    reason,
    method: weakestMethod(disks.map(({ method }) => method)),
    started_at: erasure.startedAt,
    ended_at: erasure.endedAt,
    disks,
    left_out: erasure.leftOut.map(({ device, why }) => ({ device: plainText(device), reason: plainText(why) })),
  };
}

function diskEntry({ body, kept }: IssuedDisk): DiskEntry {
  const { media, sanitization } = body;
  return {
    certificate: kept.id,
    sha256: fileDigest(kept.json),
    status: body.STATUS,
    reason: body.reason,
    device: media.device,
    model: media.model,
    serial: media.serial,
    wwn: media.wwn,
    size_bytes: media.size_bytes,
    method: sanitization.method,
    method_done: sanitization.method_done,
  };
}
