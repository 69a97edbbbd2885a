import { startWrite } from './written-disk.ts';

/** A process that writes one image, to be killed: `write-child.ts DEVICE URL SHA256`. Says so when the disk is its own. */
const [device, url, checksum] = process.argv.slice(2);
if (!device || !url || !checksum) throw new Error('usage: write-child.ts DEVICE URL SHA256');

const { context, written } = await startWrite({ path: device }, { urls: [url], checksum });
const timer = setInterval(() => {
  if (context.reports.length === 0) return;
  clearInterval(timer);
  process.stdout.write('writing\n');
}, 5);
await written;
