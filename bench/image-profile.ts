import { parseArgs } from 'node:util';
import { openBenchCache } from './support/bench-cache.ts';
import { createBenchDisk } from './support/bench-disk.ts';
import { type FormName, forms, makeBenchImage } from './support/bench-image.ts';
import { startDeviceCounters } from './support/device-counters.ts';
import { startFileServer } from './support/file-server.ts';
import { createImageWriter } from './support/image-writer.ts';
import { readWhole } from './support/page-map.ts';
import { print } from './support/report.ts';

/** Where the time of one write goes: functions and CPU of each thread, what the device did, the marks of the job. */
const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '2048' },
    form: { type: 'string', default: Object.keys(forms).join(',') },
  },
});
const MiB = 1024 * 1024;
const imageBytes = Number(values.mib) * MiB;
const names = values.form.split(',') as FormName[];

await using cache = await openBenchCache();
const image = await makeBenchImage(cache.directory, imageBytes, [...new Set<FormName>(['raw', ...names])]);
await using server = await startFileServer(image.directory);
await using disk = await createBenchDisk(imageBytes + 512 * MiB);
await using writer = await createImageWriter();
for (const name of names) {
  const { file, sha256 } = image.forms[name];
  await disk.poison(imageBytes);
  await readWhole(file);
  const counters = startDeviceCounters(disk.path);
  const task = { device: disk.path, url: `${server.origin}/image.${name}`, sha256, diskFormat: forms[name] };
  const { threads = [], functions = {}, logged, programs, ...cost } = await writer.write({ ...task, profile: true });
  const device = counters();
  print({ bench: 'image-profile', form: name, ...cost, device });
  for (const thread of threads) print({ bench: 'image-profile', form: name, thread });
  for (const [thread, shares] of Object.entries(functions)) {
    print({ bench: 'image-profile', form: name, of: thread, self_ms: shares.map((f) => `${f.selfMs} ${f.name}`) });
  }
  print({
    bench: 'image-profile',
    form: name,
    programs: programs.map(({ what, from, to }) => `${from}-${to} ${what}`),
  });
  print({ bench: 'image-profile', form: name, logged: logged.map(({ what, from }) => `${from} ${what}`) });
}
