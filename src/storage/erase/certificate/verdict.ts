import type { DeviceErasure, MachineErasure } from '../device-erasure.ts';
import { type DiskEntry, type DiskStatus, type HostStatus, type NistMethod, statusTexts } from './certificate-body.ts';
import { plainText } from './plain-text.ts';

interface Verdict<Status> {
  readonly status: Status;
  /** null only where everything was sanitized. */
  readonly reason: string | null;
}

/** What may be claimed of one disk: never more than the record of its erase shows, whatever the record says of itself. */
export function diskVerdict(erasure: DeviceErasure): Verdict<DiskStatus> {
  if (!erasure.isClean) {
    return { status: statusTexts.failed, reason: plainText(erasure.reason?.trim() || 'no reason was recorded') };
  }
  const doubt = doubtAbout(erasure);
  if (doubt !== null) {
    return {
      status: statusTexts.failed,
      reason: plainText(`recorded as clean, which the record contradicts: ${doubt}`),
    };
  }
  if (erasure.methodDone === 'metadata') {
    const reason = 'metadata only: partition tables and signatures were erased, the data was not';
    return { status: statusTexts.metadataOnly, reason };
  }
  if (erasure.sanitization === null) {
    return { status: statusTexts.notSanitized, reason: `${erasure.methodDone} is no sanitization of this disk` };
  }
  return { status: statusTexts.sanitized, reason: null };
}

function doubtAbout(erasure: DeviceErasure): string | null {
  const { methodDone, sanitization, attempts, checks } = erasure;
  const failed = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  const doubts: readonly (readonly [boolean, string])[] = [
    [methodDone === null, 'no method ended well'],
    [erasure.reason !== null, `reason: ${erasure.reason}`],
    [erasure.startedAt === null || erasure.endedAt === null, 'it has no start or no end'],
    [
      !attempts.some(({ method, error }) => method === methodDone && error === null),
      `no attempt of ${methodDone} ended well`,
    ],
    [checks.length === 0, 'nothing was checked'],
    [failed.length > 0, `failed checks: ${failed.join(', ')}`],
    [erasure.badRanges.length > 0, 'some of it could not be written or read'],
    [methodDone === 'metadata' && sanitization !== null, 'erasing metadata sanitizes nothing'],
  ];
  return doubts.find(([holds]) => holds)?.[1] ?? null;
}

/** What may be claimed of a machine: no more than of the worst of its disks. */
export function hostVerdict(
  disks: readonly Pick<DiskEntry, 'status' | 'device'>[],
  leftOut: MachineErasure['leftOut'],
): Verdict<HostStatus> {
  const withStatus = (status: DiskStatus): readonly string[] =>
    disks.filter((disk) => disk.status === status).map(({ device }) => device);
  const unexplained = leftOut.filter(({ why }) => why.trim() === '').map(({ device }) => plainText(device));
  const problems: readonly (readonly [HostStatus, readonly string[], string])[] = [
    [statusTexts.failed, withStatus(statusTexts.failed), 'not clean'],
    [statusTexts.failed, unexplained, 'left out without a reason'],
    [statusTexts.notSanitized, withStatus(statusTexts.notSanitized), 'not sanitized'],
    [statusTexts.metadataOnly, withStatus(statusTexts.metadataOnly), 'metadata only'],
  ];
  const found = problems.filter(([, devices]) => devices.length > 0);
  const [worst] = found;
  if (worst) {
    return { status: worst[0], reason: found.map(([, devices, what]) => `${what}: ${devices.join(', ')}`).join('; ') };
  }
  if (disks.length === 0) return { status: statusTexts.notSanitized, reason: 'no disk was erased' };
  if (leftOut.length === 0) return { status: statusTexts.sanitized, reason: null };
  const devices = leftOut.map(({ device }) => plainText(device)).join(', ');
  return { status: statusTexts.sanitizedExceptLeftOut, reason: `left out: ${devices}` };
}

/** The weakest of what every disk got; null where one got none. */
export function weakestMethod(methods: readonly (NistMethod | null)[]): NistMethod | null {
  if (methods.length === 0 || methods.includes(null)) return null;
  return methods.includes('Clear') ? 'Clear' : 'Purge';
}
