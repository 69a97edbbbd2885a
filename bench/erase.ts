import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Pass } from '../src/storage/erase/erase-options.ts';
import { type BenchDisk, createBenchDisk } from './support/bench-disk.ts';
import { createEraseWriter } from './support/erase-writer.ts';
import { ddZeros, shredZeros } from './support/peers.ts';
import { print, spread } from './support/report.ts';

/**
 * Overwriting one disk, and several side by side, at the level of the method, against Z: dd of zeros with O_DIRECT and blocks of
 * 4 MiB to the same loop devices in the same round; and against shred, which is what people run. Everything is read back in full.
 */
const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '5' },
    disks: { type: 'string', default: '8' },
    /** Size of each disk of the several. */
    'disk-mib': { type: 'string', default: '256' },
    /** `one`, `several`, or both, comma-separated. */
    groups: { type: 'string', default: 'one,several' },
  },
});
const MiB = 1024 * 1024;

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMibAboveIdle?: number;
}

/** Disks with the cases that run on them. */
interface Group {
  readonly name: string;
  readonly disks: readonly BenchDisk[];
  /** Of one pass over all of them. */
  readonly gib: number;
}

const zeros: readonly Pass[] = [{ kind: 'zeros' }];
const stream: readonly Pass[] = [{ kind: 'stream' }];
const streamZeros: readonly Pass[] = [...stream, ...zeros];
const limit = 'Z (dd)';
await using writer = await createEraseWriter();

for (const name of values.groups.split(',')) await measure(name);

async function measure(name: string): Promise<void> {
  await using room = new AsyncDisposableStack();
  const [count, mib] = name === 'one' ? [1, Number(values.mib)] : [Number(values.disks), Number(values['disk-mib'])];
  const disks: BenchDisk[] = [];
  for (let index = 0; index < count; index += 1) disks.push(room.use(await createBenchDisk(mib * MiB)));
  for (const disk of disks) await disk.poison(disk.sizeBytes);
  const group: Group = { name: `${count} x ${mib} MiB`, disks, gib: (count * mib) / 1024 };
  const devices = disks.map(({ path }) => path);
  const ours = (passes: readonly Pass[]) => async (runs: Runs) => {
    const { written, verified } = await writer.erase({ devices, passes, verify: true });
    const label = passes.map(({ kind }) => kind).join(', ');
    record(runs, label, written);
    if (verified) record(runs, `${label}: read back`, verified);
  };
  const cases: readonly ((runs: Runs) => Promise<void>)[] = [
    ours(zeros),
    ours(stream),
    ours(streamZeros),
    async (runs) => record(runs, 'shred -n 1 -z', await shredZeros(devices)),
  ];
  const runs: Runs = new Map();
  const runLimit = async (): Promise<void> => record(runs, limit, await ddZeros(devices, mib));
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    // The limit between all of them, since the disk below changes from second to second.
    await runLimit();
    for (const each of round % 2 === 1 ? cases : cases.toReversed()) {
      await each(runs);
      await runLimit();
    }
    print({ bench: 'erase', group: group.name, round, load: Number(loadavg()[0]?.toFixed(1)), ...last(runs) });
  }
  summarise(group, runs, cases.length + 1);
}

type Runs = Map<string, Run[]>;

function record(runs: Runs, name: string, { seconds, cpuSeconds, peakMibAboveIdle }: Run): void {
  const list = runs.get(name) ?? [];
  list.push({ seconds, cpuSeconds, ...(peakMibAboveIdle === undefined ? {} : { peakMibAboveIdle }) });
  runs.set(name, list);
}

function last(runs: Runs): Readonly<Record<string, number>> {
  return Object.fromEntries([...runs].map(([name, list]) => [name, list.at(-1)?.seconds ?? 0]));
}

function summarise({ name: group, gib }: Group, runs: Runs, limitsInRound: number): void {
  const limits = (runs.get(limit) ?? []).map(({ seconds }) => seconds);
  /** Median of those of a round. */
  const limitOf = (round: number): number =>
    spread(limits.slice(round * limitsInRound, (round + 1) * limitsInRound)).median;
  for (const [name, list] of runs) {
    const peaks = list.flatMap(({ peakMibAboveIdle }) => peakMibAboveIdle ?? []);
    print({
      bench: 'erase',
      summary: true,
      group,
      case: name,
      seconds: spread(list.map(({ seconds }) => seconds)),
      ...(name === limit ? {} : { ratio_to_dd: spread(list.map(({ seconds }, round) => seconds / limitOf(round))) }),
      cpu_seconds_per_gib_of_disk: spread(list.map(({ cpuSeconds }) => cpuSeconds / gib)),
      ...(peaks.length > 0 ? { peak_mib_above_idle: spread(peaks) } : {}),
    });
  }
}
