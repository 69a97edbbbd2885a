import { setTimeout as sleep } from 'node:timers/promises';
import { startWrite } from '../../test/support/written-disk.ts';
import { measureProcess } from './process-cost.ts';

const [device, url, checksum] = process.argv.slice(2);
if (!device || !url || !checksum) throw new Error('usage: write-once.ts DEVICE URL SHA256');

await sleep(300);
const cost = measureProcess();
const { written } = await startWrite({ path: device }, { urls: [url], checksum, disk_format: 'raw' });
await written;
process.stdout.write(`${JSON.stringify(cost())}\n`);
