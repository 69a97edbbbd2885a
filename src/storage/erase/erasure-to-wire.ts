import type { DeviceErasure } from './device-erasure.ts';

/** Short form of a certificate, as it stands in the result of a step. */
export interface ShortCertificate {
  readonly id: string;
  /** Of the whole document, hexadecimal. */
  readonly sha256: string;
  readonly signed: boolean;
}

/** What the result of an erase step says of one disk. */
export function erasureToWire(erasure: DeviceErasure, certificate: ShortCertificate | null): object {
  const { device, attempts } = erasure;
  const last = attempts.at(-1);
  return {
    clean: erasure.isClean,
    reason: erasure.reason,
    method_asked: erasure.methodAsked,
    method_done: erasure.methodDone,
    sanitization: erasure.sanitization,
    started: erasure.startedAt,
    ended: erasure.endedAt,
    serial: device.serial,
    wwn: device.wwn,
    bytes: erasure.bytes,
    bad_sectors: badSectors(erasure),
    verification: erasure.checks,
    tool: last?.tool ?? null,
    exit_code: last?.exitCode ?? null,
    attempts: attempts.map(({ method, error, tool, exitCode }) => ({ method, error, tool, exit_code: exitCode })),
    resumed: erasure.resumed,
    certificate,
  };
}

/** Logical sectors. */
export function badSectors({ badRanges, device }: Pick<DeviceErasure, 'badRanges' | 'device'>): number {
  return badRanges.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / device.logicalSectorBytes), 0);
}
