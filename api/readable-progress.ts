import { duration, mebibytes, share } from '../src/core/amounts.ts';
import type { Progress } from '../src/core/progress.ts';
import { progressOf } from '../src/queue/command-queues.ts';
import { deviceText } from './devices-message.ts';

/** The progress of a job as the dashboard shows it: texts with units in the place of bytes and seconds. */
export function readableProgress(value: unknown): unknown {
  const progress = progressOf(value);
  return progress ? readable(progress) : value;
}

function readable({ phase, done, total, unit, rate, eta, devices, ...bytes }: Progress): object {
  return {
    phase,
    done: howFar(done, total, unit),
    ...(rate > 0 ? { rate: `${amount(rate, unit)}/s` } : {}),
    ...(eta === null ? {} : { left: duration(eta) }),
    ...(bytes.source_bytes === undefined ? {} : { fetched: amount(bytes.source_bytes, 'bytes') }),
    ...(bytes.device_bytes === undefined ? {} : { on_the_disk: amount(bytes.device_bytes, 'bytes') }),
    ...(devices === undefined ? {} : { devices: byDevice(devices) }),
  };
}

/** `41 %, 410 of 1000 MiB` */
function howFar(done: number, total: number | null, unit: Progress['unit']): string {
  if (total === null) return share(done, total, unit);
  const [one, all] = unit === 'bytes' ? [mebibytes(done), mebibytes(total)] : [done, total];
  return `${share(done, total, unit)}, ${one} of ${all} ${unit === 'bytes' ? 'MiB' : unit}`;
}

function byDevice(devices: NonNullable<Progress['devices']>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(devices).map(([path, device]) => [path, deviceText(device)]));
}

function amount(value: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? `${mebibytes(value)} MiB` : `${value} ${unit}`;
}
