import {
  type CertificateBody,
  type DiskCertificate,
  type HostCertificate,
  hostSchema,
} from '../../src/storage/erase/certificate/certificate-body.ts';
import { visibleText } from '../../src/storage/erase/certificate/plain-text.ts';
import type { Verification } from '../../src/storage/erase/certificate/verify-certificate.ts';

/** The answer of `ironhand erase verify`. */
export interface Verdict {
  readonly lines: readonly string[];
  /** As the help of `ironhand erase verify` has it. */
  readonly exitCode: 0 | 1 | 2 | 3;
}

/** What was found, for a human and for a script; `diskFaults` is null where the certificates of disks were not looked at. */
export function verdictOn(found: Verification, diskFaults: readonly string[] | null): Verdict {
  if (found.kind === 'invalid') return { lines: [`NOT VALID: ${visibleText(found.why)}`], exitCode: 1 };
  // Whoever looks for a line SANITIZED finds it only where somebody answers for it.
  const [status = '', ...details] = certificateLines(found.certificate);
  const about = [`claims: ${status}`, ...details];
  if (diskFaults !== null && diskFaults.length > 0) {
    return { lines: [...diskFaults.map((fault) => `NOT VALID: ${fault}`), ...about], exitCode: 1 };
  }
  const disks = diskFaults === null ? [] : ['the certificates of its disks are there and are the ones it names'];
  if (found.kind === 'unsigned') {
    const line = `UNSIGNED: ${visibleText(found.why)}; whoever could write this file could write anything in it`;
    return { lines: [line, ...about, ...disks], exitCode: 2 };
  }
  switch (found.trust) {
    case 'other-key':
      return { lines: [`NOT TRUSTED: signed by key ${found.keyId}, not by the one given`, ...about], exitCode: 1 };
    case 'trusted':
      return authentic(found.certificate, [
        `SIGNATURE VALID: signed by key ${found.keyId}, the one given`,
        status,
        ...details,
        ...disks,
      ]);
    case 'unknown':
      return authentic(found.certificate, [
        `SIGNATURE VALID, KEY NOT CHECKED: signed by key ${found.keyId}; anybody has such a key, --public-key was not given`,
        status,
        ...details,
        ...disks,
      ]);
  }
}

function authentic({ STATUS }: CertificateBody, lines: readonly string[]): Verdict {
  return { lines, exitCode: STATUS.startsWith('SANITIZED') ? 0 : 3 };
}

function certificateLines(certificate: CertificateBody): readonly string[] {
  const { STATUS, reason, id, source, run, issued_at: issued } = certificate;
  return [
    STATUS,
    ...(reason === null ? [] : [`  because: ${visibleText(reason)}`]),
    ...(certificate.schema === hostSchema ? hostLines(certificate) : diskLines(certificate)),
    `  machine: ${named([source.manufacturer, source.product, source.serial])}, node ${visibleText(source.node_uuid)}`,
    `  run: ${named([run.step, run.id])}, ended ${issued}`,
    `  certificate: ${id}`,
  ];
}

function diskLines({ media, sanitization }: DiskCertificate): readonly string[] {
  const { method, technique } = sanitization;
  return [
    `  disk: ${diskName(media)}, ${media.size_bytes} bytes`,
    `  method: ${technique === null ? 'none ended well' : `${method ?? 'no sanitization'}, ${technique}`}`,
  ];
}

function hostLines({ disks, left_out: leftOut }: HostCertificate): readonly string[] {
  return [
    ...disks.map(
      (disk) => `  disk: ${diskName(disk)}: ${disk.status}${disk.method === null ? '' : `, ${disk.method}`}`,
    ),
    ...leftOut.map(({ device, reason }) => `  left out: ${visibleText(device)}: ${visibleText(reason)}`),
  ];
}

function diskName(disk: {
  readonly device: string;
  readonly model: string | null;
  readonly serial: string | null;
}): string {
  return named([disk.device, disk.model ?? 'model unknown', `serial ${disk.serial ?? 'unknown'}`]);
}

function named(parts: readonly string[]): string {
  return visibleText(parts.filter((part) => part !== '').join(' ')) || 'unknown';
}
