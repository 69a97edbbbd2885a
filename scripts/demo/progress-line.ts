import type { Progress } from '../../src/core/progress.ts';

const barWidth = 24;

/** Of a job that works on several devices: the line of the one that is behind. */
export function progressLine({ devices, ...whole }: Progress): string {
  const [slowest] = Object.entries(devices ?? {}).sort(([, one], [, other]) => share(one) - share(other));
  if (!slowest) return line(whole);
  const [device, progress] = slowest;
  return `${device} ${line({ ...progress, unit: 'bytes' })}`;
}

function share({ done, total }: Pick<Progress, 'done' | 'total'>): number {
  return total ? done / total : 0;
}

/** `write  41 % [##########..............] 525 of 1280 MiB, 412 MiB/s, 2 s left` */
function line({ phase, done, total, unit, rate, eta }: Omit<Progress, 'devices'>): string {
  const scale = unit === 'bytes' ? 2 ** 20 : 1;
  const name = unit === 'bytes' ? 'MiB' : unit;
  const amount = `${Math.round(done / scale)}${total === null ? '' : ` of ${Math.round(total / scale)}`} ${name}`;
  const part = share({ done, total });
  const filled = Math.round(part * barWidth);
  const bar = `${String(Math.floor(part * 100)).padStart(3)} % [${'#'.repeat(filled).padEnd(barWidth, '.')}]`;
  const left = eta === null ? '' : `, ${eta} s left`;
  return `${phase} ${total === null ? '' : `${bar} `}${amount}, ${Math.round(rate / scale)} ${name}/s${left}`;
}
