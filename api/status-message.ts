import { duration, mebibytes, share } from '../src/core/amounts.ts';
import type { Progress } from '../src/core/progress.ts';
import type { WorkerGroup } from '../src/core/queue-name.ts';
import { CommandCancelledError } from '../src/errors/catalogue.ts';
import type { SettledOutcome } from '../src/queue/command-queues.ts';
import type { ListedCommand } from './command-list.ts';
import { devicesMessage } from './devices-message.ts';

/** The groups of workers that are away now, with how long: seconds. */
type MissingWorkers = ReadonlyMap<WorkerGroup, number>;

/** A worker that was killed is back before that. */
const notableAbsenceSeconds = 20;

/** What is said before anything was done: Ironic keeps what the agent of an earlier boot said, and an empty message changes nothing. */
const nothingYet = 'no command yet';

/**
 * What the agent is doing, for a person who reads the node in Ironic: "write_image 41 %, 212 MiB/s, 3 min left, 525 MiB
 * fetched, 1280 MiB on the disk", or of several devices how many are done and which takes longest. While nothing runs, how the last
 * one ended: "write_image done". A worker that stays away is said first: nothing else will tell.
 */
export function statusMessage(commands: readonly ListedCommand[], missing: MissingWorkers = new Map()): string {
  const away = [...missing].filter(([, seconds]) => seconds > notableAbsenceSeconds);
  const alarm = away.map(([group, seconds]) => `no ${group} worker for ${duration(Math.round(seconds))}`);
  const told = lastTold(commands);
  return [...alarm, ...(told ? [activity(told)] : [])].join('; ') || nothingYet;
}

/** What is answered at once (the partitions of an image that was written) is no news. */
export function lastTold(commands: readonly ListedCommand[]): ListedCommand | undefined {
  return commands.findLast(({ command, outcome }) => command.mode === 'async' || outcome.kind === 'running');
}

function activity({ command, outcome }: ListedCommand): string {
  return outcome.kind === 'running' ? work(command.label, outcome.progress) : `${command.label} ${end(outcome)}`;
}

function end(outcome: SettledOutcome): string {
  if (outcome.kind === 'succeeded') return 'done';
  return outcome.error.type === CommandCancelledError.kind.type ? 'cancelled' : 'failed';
}

function work(label: string, progress: Progress | null): string {
  if (!progress) return label;
  const devices = devicesMessage(progress);
  if (devices !== null) return `${label}: ${devices}`;
  const { done, total, unit } = progress;
  return [`${title(label, progress)} ${share(done, total, unit)}`, ...pace(progress), ...amounts(progress)].join(', ');
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
