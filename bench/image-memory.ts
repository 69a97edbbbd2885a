import { statfs } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { openBenchCache } from './support/bench-cache.ts';
import { createBenchDisk } from './support/bench-disk.ts';
import { startFileServer } from './support/file-server.ts';
import { createImageWriter } from './support/image-writer.ts';
import { type LargeImage, makeScatteredQcow2, makeSparseRaw } from './support/large-images.ts';
import { print } from './support/report.ts';

/**
 * Highest memory above idle for images that are much larger than memory: a qcow2 of 64 GiB whose data lies scattered and in an
 * order that has nothing to do with that of the disk, and a raw image of which nearly all is zero.
 */
const { values } = parseArgs({
  options: {
    /** Also 64 GiB of raw, and clusters of 4 KiB. */
    full: { type: 'boolean', default: false },
    'qcow2-gib': { type: 'string', default: '64' },
    'data-mib': { type: 'string', default: '2048' },
    'raw-gib': { type: 'string', default: '16' },
  },
});
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const virtualBytes = Number(values['qcow2-gib']) * GiB;
const dataBytes = Number(values['data-mib']) * MiB;

await using cache = await openBenchCache();
await using writer = await createImageWriter();
await measure(await makeScatteredQcow2(cache.directory, { virtualBytes, dataBytes, clusterBytes: 64 * 1024 }));
if (values.full) {
  await measure(await makeScatteredQcow2(cache.directory, { virtualBytes, dataBytes, clusterBytes: 4096 }));
}
await measure(await makeSparseRaw(cache.directory, values.full ? 64 * GiB : Number(values['raw-gib']) * GiB));

async function measure(image: LargeImage): Promise<void> {
  const { what, diskBytes, directory, file, sha256, diskFormat } = image;
  // Zeroing a range of a loop device allocates it in the backing file, and others need some room too.
  const free = await statfs(tmpdir()).then(({ bavail, bsize }) => bavail * bsize);
  if (free < diskBytes + 4 * GiB) {
    print({ bench: 'image-memory', image: what, skipped: `${tmpdir()} has ${Math.floor(free / GiB)} GiB free` });
    return;
  }
  await using server = await startFileServer(directory);
  await using disk = await createBenchDisk(diskBytes, { sparse: true });
  const load = Number(loadavg()[0]?.toFixed(1));
  const written = await writer.write({ device: disk.path, url: `${server.origin}/${file}`, sha256, diskFormat });
  const { seconds, cpuSeconds, peakMibAboveIdle, servedBytes, sizeBytes, temporaryFiles } = written;
  const cost = { load, seconds, cpuSeconds, peakMibAboveIdle, servedBytes, sizeBytes, temporaryFiles };
  print({ bench: 'image-memory', image: what, ...cost });
}
