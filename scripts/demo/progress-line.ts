import type { Progress } from '../../src/core/progress.ts';

const barWidth = 24;

/** `write  41 % [##########..............] 525 of 1280 MiB, 412 MiB/s, 2 s left` */
export function progressLine({ phase, done, total, unit, rate, eta }: Progress): string {
  const scale = unit === 'bytes' ? 2 ** 20 : 1;
  const name = unit === 'bytes' ? 'MiB' : unit;
  const amount = `${Math.round(done / scale)}${total === null ? '' : ` of ${Math.round(total / scale)}`} ${name}`;
  const share = total ? done / total : 0;
  const filled = Math.round(share * barWidth);
  const bar = `${String(Math.floor(share * 100)).padStart(3)} % [${'#'.repeat(filled).padEnd(barWidth, '.')}]`;
  const left = eta === null ? '' : `, ${eta} s left`;
  return `${phase} ${total === null ? '' : `${bar} `}${amount}, ${Math.round(rate / scale)} ${name}/s${left}`;
}
