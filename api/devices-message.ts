import { duration, roughDuration, share } from '../src/core/amounts.ts';
import { type DeviceProgress, idleDevicePhases, type Progress } from '../src/core/progress.ts';

const idle = new Set<string>(Object.values(idleDevicePhases));

type NamedDevice = readonly [path: string, progress: DeviceProgress];

/**
 * How far the work on several devices is: "3 of 8 disks done, slowest /dev/sdc 41 % of pass 1, about 2 h left". Null where the job
 * does not tell of devices.
 */
export function devicesMessage(progress: Progress): string | null {
  const devices = Object.entries(progress.devices ?? {});
  if (devices.length === 0) return null;
  const underWay = devices.filter(([, { phase }]) => !idle.has(phase));
  const slowest = underWay.reduce<NamedDevice | undefined>(
    (one, other) => (one ? slower(one, other) : other),
    undefined,
  );
  return [
    ...counts(progress, devices),
    ...(slowest ? [place(slowest, underWay.length > 1)] : []),
    ...timeLeft(progress, slowest),
  ].join(', ');
}

/** A job that counts devices knows how many there are: not all of them may have begun. */
function counts({ unit, done, total }: Progress, devices: readonly NamedDevice[]): readonly string[] {
  const inPhase = (phase: string): number => devices.filter(([, device]) => device.phase === phase).length;
  const failed = inPhase(idleDevicePhases.notClean);
  const isCounted = unit === 'devices' && total !== null;
  const all = isCounted ? total : devices.length;
  const succeeded = isCounted ? Math.max(0, done - failed) : inPhase(idleDevicePhases.clean);
  if (all <= 1 && failed === 0 && succeeded === 0) return [];
  return [`${succeeded} of ${all} disks done`, ...(failed > 0 ? [`${failed} not clean`] : [])];
}

/** The one with most time left; where a drive does not tell, the one that has come least far. */
function slower(one: NamedDevice, other: NamedDevice): NamedDevice {
  const [left, otherLeft] = [secondsLeft(one[1]) ?? -1, secondsLeft(other[1]) ?? -1];
  if (left !== otherLeft) return left > otherLeft ? one : other;
  return fraction(one[1]) <= fraction(other[1]) ? one : other;
}

/** With the passes that are to follow, each as long as this one: its own end is not the end of the disk. */
function secondsLeft({ phase, total, rate, eta }: DeviceProgress): number | null {
  const [, pass, passes] = /^pass (\d+) of (\d+)$/.exec(phase) ?? [];
  if (eta === null || total === null || !(rate > 0)) return eta;
  return eta + (Number(passes ?? 0) - Number(pass ?? 0)) * (total / rate);
}

function fraction({ done, total }: DeviceProgress): number {
  return total === null || total <= 0 ? 0 : done / total;
}

function place([path, { phase, done, total }]: NamedDevice, isOneOfSeveral: boolean): string {
  const where = total === null || total <= 0 ? phase : `${share(done, total, '')} of ${phase}`;
  return `${isOneOfSeveral ? 'slowest ' : ''}${path} ${where}`;
}

/** The longer of the two: that of the job knows of devices that wait, that of the slowest of the hours which it still takes. */
function timeLeft({ eta }: Progress, slowest: NamedDevice | undefined): readonly string[] {
  if (!slowest) return [];
  const known = [eta, secondsLeft(slowest[1])].filter((seconds) => seconds !== null);
  return known.length === 0 ? [] : [`${roughDuration(Math.max(...known))} left`];
}

/** One device, for a person: "pass 1 of 2: 41 %, 1 h 58 min left". */
export function deviceText({ phase, done, total, eta }: DeviceProgress): string {
  const part = total === null || total <= 0 ? [] : [share(done, total, '')];
  const left = eta === null ? [] : [`${duration(eta)} left`];
  const how = [...part, ...left].join(', ');
  return idle.has(phase) || how === '' ? phase : `${phase}: ${how}`;
}
