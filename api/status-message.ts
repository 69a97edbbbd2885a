import type { Progress } from '../src/core/progress.ts';
import type { ListedCommand } from './command-list.ts';

/**
 * What the agent is doing, for a person who reads the node in Ironic: "write_image 41 %, 212 MiB/s, 3 min left". Null while
 * nothing runs.
 */
export function statusMessage(entry: ListedCommand | undefined): string | null {
  if (entry?.outcome.kind !== 'running') return null;
  const { label } = entry.command;
  const { progress } = entry.outcome;
  return progress ? [`${label} ${share(progress)}`, ...pace(progress)].join(', ') : label;
}

function share({ phase, done, total, unit }: Progress): string {
  if (total !== null && total > 0) return `${Math.floor((100 * done) / total)} %`;
  return `${phase} ${unit === 'bytes' ? `${mebibytes(done)} MiB` : `${done} ${unit}`}`;
}

function pace({ unit, rate, eta }: Progress): string[] {
  const speed = unit === 'bytes' && rate > 0 ? [`${mebibytes(rate)} MiB/s`] : [];
  return eta === null ? speed : [...speed, `${duration(eta)} left`];
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
