import { duration, mebibytes, share } from '../src/core/amounts.ts';
import type { Progress } from '../src/core/progress.ts';
import type { WorkerGroup } from '../src/core/queue-name.ts';
import type { ListedCommand } from './command-list.ts';
import { devicesMessage } from './devices-message.ts';

/** The groups of workers that are away now, with how long: seconds. */
type MissingWorkers = ReadonlyMap<WorkerGroup, number>;

/** A worker that was killed is back before that. */
const notableAbsenceSeconds = 20;

/**
 * What the agent is doing, for a person who reads the node in Ironic: "write_image 41 %, 212 MiB/s, 3 min left, 525 MiB
 * fetched, 1280 MiB on the disk", or of several devices how many are done and which takes longest. Null while nothing runs. A worker that stays away is said first: nothing else will tell.
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
  const devices = devicesMessage(progress);
  if (devices !== null) return [`${label}: ${devices}`];
  const { done, total, unit } = progress;
  return [
    [`${title(label, progress)} ${share(done, total, unit)}`, ...pace(progress), ...amounts(progress)].join(', '),
  ];
}

/** The phase is said where the name of the step does not say it: "write_image", but "write_image: verify". */
function title(label: string, { phase }: Progress): string {
  return label === phase || label.startsWith(`${phase}_`) ? label : `${label}: ${phase}`;
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
