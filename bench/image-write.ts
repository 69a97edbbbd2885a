import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createBenchDisk } from './support/bench-disk.ts';
import { makeBenchImage } from './support/bench-image.ts';
import { startFileServer } from './support/file-server.ts';
import type { ProcessCost } from './support/process-cost.ts';

/**
 * Whole-disk raw write over local http with SHA-256, at the level of writeImage, against L: dd with O_DIRECT and blocks of
 * 4 MiB from the page cache to the same loop device in the same round. One JSON line per run, one for the summary.
 */
const { values } = parseArgs({
  options: { mib: { type: 'string', default: '2048' }, rounds: { type: 'string', default: '5' } },
});
const MiB = 1024 * 1024;
const imageBytes = Number(values.mib) * MiB;
const rounds = Number(values.rounds);
const execute = promisify(execFile);

const directory = await mkdtemp(join(tmpdir(), 'ironhand-bench-image-'));
try {
  const image = join(directory, 'image.raw');
  const digest = await makeBenchImage(image, imageBytes);
  await using server = await startFileServer(directory);
  await using disk = await createBenchDisk(imageBytes + 512 * MiB);

  const cases = {
    async dd() {
      const started = performance.now();
      await execute('dd', [`if=${image}`, `of=${disk.path}`, 'bs=4M', 'oflag=direct', 'conv=fsync']);
      return { seconds: (performance.now() - started) / 1000 };
    },
    async ironhand() {
      const script = join(import.meta.dirname, 'support/write-once.ts');
      const { stdout } = await execute(process.execPath, [script, disk.path, `${server.origin}/image.raw`, digest]);
      return JSON.parse(stdout) as ProcessCost;
    },
  };

  const ratios: number[] = [];
  const costs: ProcessCost[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const order = ['dd', 'ironhand'] as const;
    const seconds = { dd: 0, ironhand: 0 };
    for (const name of round % 2 === 1 ? order : order.toReversed()) {
      await disk.poison(imageBytes);
      await readWhole(image);
      const result = await cases[name]();
      seconds[name] = result.seconds;
      if ('cpuSeconds' in result) costs.push(result);
      print({ bench: 'image-write', round, case: name, mib: imageBytes / MiB, ...result });
    }
    ratios.push(seconds.ironhand / seconds.dd);
  }
  print({
    bench: 'image-write',
    summary: true,
    rounds,
    ratio_to_dd: spread(ratios),
    cpu_seconds: spread(costs.map(({ cpuSeconds }) => cpuSeconds)),
    peak_mib_above_idle: spread(costs.map(({ peakMibAboveIdle }) => peakMibAboveIdle)),
  });
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Brings the image into the page cache. */
async function readWhole(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 4 * MiB }));
}

function spread(numbers: readonly number[]): { readonly median: number; readonly min: number; readonly max: number } {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (index: number) => Number((sorted[index] ?? Number.NaN).toFixed(3));
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
