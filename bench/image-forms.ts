import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openBenchCache } from './support/bench-cache.ts';
import { createBenchDisk } from './support/bench-disk.ts';
import { type FormName, forms, makeBenchImage } from './support/bench-image.ts';
import { inspectDevice } from './support/device-evidence.ts';
import { startFileServer } from './support/file-server.ts';
import { createImageWriter } from './support/image-writer.ts';
import { readWhole } from './support/page-map.ts';
import { curlOpensslDd, curlZstdDd, ddLocal, isInstalled, qemuImgLocal } from './support/peers.ts';
import { print, spread } from './support/report.ts';

/**
 * One image in all its forms over local http with SHA-256, at the level of writeImage, against L: dd with O_DIRECT and blocks of
 * 4 MiB from the page cache to the same loop device in the same round; and the tools that people use by hand. What is on the
 * device is looked at once for each form.
 */
const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '2048' },
    rounds: { type: 'string', default: '5' },
    /** Comma-separated cases; L is always among them. */
    cases: { type: 'string' },
  },
});
const MiB = 1024 * 1024;
const imageBytes = Number(values.mib) * MiB;

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMibAboveIdle?: number;
  readonly systemSeconds?: number;
  readonly readCalls?: number;
  readonly zerosWritten?: string | null;
}

await using cache = await openBenchCache();
const image = await makeBenchImage(cache.directory, imageBytes, Object.keys(forms) as FormName[]);
const mib = Object.fromEntries(Object.values(image.forms).map(({ name, bytes }) => [name, Math.round(bytes / MiB)]));
print({ bench: 'image-forms', image: image.content, mib });
await using server = await startFileServer(image.directory);
await using disk = await createBenchDisk(imageBytes + 512 * MiB);
await using writer = await createImageWriter();
const temporaryFiles = new Set<string>();
const inspected = new Set<string>();

const urlOf = (name: FormName): string => `${server.origin}/image.${name}`;
const fileOf = (name: FormName): string => image.forms[name].file;
const ironhand = (name: FormName) => async (): Promise<Run> => {
  const { sha256 } = image.forms[name];
  const written = await writer.write({ device: disk.path, url: urlOf(name), sha256, diskFormat: forms[name] });
  for (const file of written.temporaryFiles) temporaryFiles.add(file);
  const { seconds, cpuSeconds, systemSeconds, readCalls, peakMibAboveIdle, zerosWritten } = written;
  return { seconds, cpuSeconds, systemSeconds, readCalls, peakMibAboveIdle, zerosWritten };
};
const limit = 'L (dd)';
interface Case {
  readonly source: FormName;
  /** Programs without which it is left out. */
  readonly needs?: readonly string[];
  run(): Promise<Run>;
}
const all: Readonly<Record<string, Case>> = {
  [limit]: { source: 'raw', run: () => ddLocal(disk.path, fileOf('raw')) },
  ...Object.fromEntries(Object.keys(forms).map((name) => [name, own(name as FormName)])),
  'curl, openssl, dd': {
    source: 'raw',
    needs: ['curl', 'openssl'],
    run: () => curlOpensslDd(disk.path, urlOf('raw')),
  },
  'curl, zstd, dd': { source: 'zst', needs: ['curl', 'zstd'], run: () => curlZstdDd(disk.path, urlOf('zst')) },
  'qemu-img, local': { source: 'qcow2', needs: ['qemu-img'], run: () => qemuImgLocal(disk.path, fileOf('qcow2')) },
};
const chosen = (values.cases?.split(',') ?? Object.keys(all)).filter((name, at, names) => {
  if (name === limit) return false;
  if (!all[name]) throw new Error(`no case ${name}: there are ${Object.keys(all).join(', ')}`);
  const missing = all[name].needs?.filter((program) => !isInstalled(program)) ?? [];
  if (missing.length > 0) print({ bench: 'image-forms', case: name, missing });
  return missing.length === 0 && names.indexOf(name) === at;
});
const runs = new Map<string, Run[]>([limit, ...chosen].map((name) => [name, []]));

for (let round = 1; round <= Number(values.rounds); round += 1) {
  // The limit at both ends, since a round takes long enough for the machine to change.
  for (const name of [limit, ...(round % 2 === 1 ? chosen : chosen.toReversed()), limit]) await runOnce(name, round);
}
summarise();

function own(name: FormName): Case {
  return { source: name, run: ironhand(name) };
}

async function runOnce(name: string, round: number): Promise<void> {
  const now = all[name];
  if (!now) return;
  await disk.poison(imageBytes);
  await readWhole(fileOf(now.source));
  const load = Number(loadavg()[0]?.toFixed(1));
  const run = await now.run();
  runs.get(name)?.push(run);
  print({ bench: 'image-forms', round, case: name, load, ...run });
  if (inspected.has(name)) return;
  inspected.add(name);
  const { bytes, dataBytes } = image.content;
  const evidence = await inspectDevice(disk, { file: fileOf('raw'), bytes, dataBytes });
  print({ bench: 'image-forms', case: name, ...evidence, temporaryFiles: name in forms ? [...temporaryFiles] : null });
}

function summarise(): void {
  const limits = (runs.get(limit) ?? []).map(({ seconds }) => seconds);
  /** Mean of the two of a round. */
  const limitOf = (round: number): number => ((limits[2 * round] ?? 0) + (limits[2 * round + 1] ?? 0)) / 2;
  for (const [name, list] of runs) {
    const peaks = list.flatMap(({ peakMibAboveIdle }) => peakMibAboveIdle ?? []);
    print({
      bench: 'image-forms',
      summary: true,
      case: name,
      seconds: spread(list.map(({ seconds }) => seconds)),
      ...(name === limit ? {} : { ratio_to_dd: spread(list.map(({ seconds }, round) => seconds / limitOf(round))) }),
      cpu_seconds: spread(list.map(({ cpuSeconds }) => cpuSeconds)),
      ...(peaks.length > 0 ? { peak_mib_above_idle: spread(peaks) } : {}),
    });
  }
  print({ bench: 'image-forms', summary: true, temporaryFiles: [...temporaryFiles] });
}
