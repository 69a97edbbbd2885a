import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openBenchCache } from './support/bench-cache.ts';
import { createBenchDisk } from './support/bench-disk.ts';
import { makeBenchImage } from './support/bench-image.ts';
import { startFileServer } from './support/file-server.ts';
import { createImageWriter } from './support/image-writer.ts';
import { print, spread } from './support/report.ts';
import type { Mark, WriteOutcome } from './support/write-once.ts';

/**
 * What a deployment costs apart from the data: a tiny image, once onto a disk that is blank and once onto one that has this image
 * already, with its partition and its signatures. By part: each program, and the time between the lines of the log.
 */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' } } });
const MiB = 1024 * 1024;
const imageBytes = 8 * MiB;

await using cache = await openBenchCache();
const image = await makeBenchImage(cache.directory, imageBytes);
const { sha256 } = image.forms.raw;
await using server = await startFileServer(image.directory);
await using disk = await createBenchDisk(4096 * MiB);
await using writer = await createImageWriter();
const url = `${server.origin}/image.raw`;

const parts = new Map<string, number[]>();
const walls: number[] = [];
for (let run = 0; run <= Number(values.runs); run += 1) {
  const load = Number(loadavg()[0]?.toFixed(1));
  const written = await writer.write({ device: disk.path, url, sha256, diskFormat: 'raw' });
  // The first one finds a blank disk.
  print({ bench: 'image-fixed', disk: run === 0 ? 'blank' : 'used', load, ms: Math.round(written.seconds * 1000) });
  if (run === 0) continue;
  walls.push(written.seconds * 1000);
  for (const [part, ms] of partsOf(written)) parts.set(part, [...(parts.get(part) ?? []), ms]);
}
for (const [part, ms] of parts) print({ bench: 'image-fixed', part, ms: spread(ms) });
print({ bench: 'image-fixed', summary: true, image_mib: imageBytes / MiB, ms: spread(walls) });

/** Programs by their name and place in the order, and what lies between two lines of the log, without the programs in it. */
function partsOf({ programs, logged, seconds }: WriteOutcome): Map<string, number> {
  const found = new Map<string, number>();
  programs.forEach(({ what, from, to }, index) => {
    found.set(`program ${index + 1}: ${what.replaceAll(disk.path, 'DISK')}`, to - from);
  });
  let before: Pick<Mark, 'what' | 'to'> = { what: 'start', to: 0 };
  for (const mark of [...logged, { what: 'end', from: seconds * 1000, to: seconds * 1000 }]) {
    const inPrograms = programs.reduce((sum, program) => sum + overlap(program, before.to, mark.from), 0);
    const name = `from "${before.what}" to "${mark.what}", without programs`;
    found.set(name, (found.get(name) ?? 0) + mark.from - before.to - inPrograms);
    before = mark;
  }
  return found;
}

function overlap({ from, to }: Mark, start: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, start));
}
