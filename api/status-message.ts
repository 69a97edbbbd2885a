import type { Progress } from '../src/core/progress.ts';
import type { WorkerGroup } from '../src/core/queue-name.ts';
import type { ListedCommand } from './command-list.ts';

/** The groups of workers that are away now, with how long: seconds. */
type MissingWorkers = ReadonlyMap<WorkerGroup, number>;

/** A worker that was killed is back before that. */
const notableAbsenceSeconds = 20;

/**
 * What the agent is doing, for a person who reads the node in Ironic: "write_image 41 %, 212 MiB/s, 3 min left". Null while
 * nothing runs. A worker that stays away is said first: nothing else will tell.
 */
export function statusMessage(entry: ListedCommand | undefined, missing: MissingWorkers = new Map()): string | null {
  const away = [...missing].filter(([, seconds]) => seconds > notableAbsenceSeconds);
  const alarm = away.map(([group, seconds]) => `no ${group} worker for ${duration(Math.round(seconds))}`);
  return [...alarm, ...activity(entry)].join('; ') || null;
}

function activity(entry: ListedCommand | undefined): readonly string[] {
  if (entry?.outcome.kind !== 'running') return [];
  const { label } = entry.command;
  const { progress } = entry.outcome;
  return [progress ? [`${label} ${share(progress)}`, ...pace(progress)].join(', ') : label];
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
