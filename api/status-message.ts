import type { Progress } from '../src/core/progress.ts';
import type { WorkerGroup } from '../src/core/queue-name.ts';
import type { ListedCommand } from './command-list.ts';

/** The groups of workers that are away now, with how long: seconds. */
type MissingWorkers = ReadonlyMap<WorkerGroup, number>;

/** A worker that was killed is back before that. */
const notableAbsenceSeconds = 20;

/**
 * What the agent is doing, for a person who reads the node in Ironic: "write_image 41 %, 212 MiB/s, 3 min left, 525 MiB
 * fetched, 1280 MiB on the disk". Null while nothing runs. A worker that stays away is said first: nothing else will tell.
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
  if (!progress) return [label];
  return [[`${title(label, progress)} ${share(progress)}`, ...pace(progress), ...amounts(progress)].join(', ')];
}

/** The phase is said where the name of the step does not say it: "write_image", but "write_image: verify". */
function title(label: string, { phase }: Progress): string {
  return label === phase || label.startsWith(`${phase}_`) ? label : `${label}: ${phase}`;
}

function share({ done, total, unit }: Progress): string {
  if (total !== null && total > 0) return `${Math.floor((100 * done) / total)} %`;
  return unit === 'bytes' ? `${mebibytes(done)} MiB` : `${done} ${unit}`;
}

/** The two differ as soon as an image is compressed or has holes. */
function amounts({ source_bytes: source, device_bytes: device }: Progress): readonly string[] {
  return [
    ...(source === undefined ? [] : [`${mebibytes(source)} MiB fetched`]),
    ...(device === undefined ? [] : [`${mebibytes(device)} MiB on the disk`]),
  ];
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
