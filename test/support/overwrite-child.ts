import { jobCheckpoint } from '../../src/queue/checkpoint-store.ts';
import { prepareStateDir } from '../../src/queue/state-dir.ts';
import { createOverwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { createMethodContext, runMethod, streamThenZeros } from './overwritten-disk.ts';

/**
 * A process that overwrites disks side by side (a stream, then zeros), to be killed: `overwrite-child.ts STATE_DIR DEVICE...`. Its
 * records are files as those of a real worker are. Tells on standard output, one JSON object a line: that writing has begun
 * (`begun`), where each disk began (`from`), and how each ended (`ended`).
 */
const [stateDir, ...devices] = process.argv.slice(2);
if (!stateDir || devices.length === 0) throw new Error('usage: overwrite-child.ts STATE_DIR DEVICE...');

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const state = prepareStateDir(stateDir, '00000000-1111-4222-8333-444444444444');
const method = createOverwrite({ interval: { bytes: 4 * 1024 * 1024, milliseconds: 20 } });

await Promise.all(
  devices.map(async (device) => {
    const context = createMethodContext(device, {
      options: { passes: streamThenZeros },
      record: jobCheckpoint(state, device.replaceAll('/', '-')),
      onReport({ phase, done }) {
        if (context.reports.length === 1) tell({ message: 'from', device, phase, done });
        if (context.reports.length === 2) tell({ message: 'begun', device });
      },
    });
    const { bytes, badRanges, details } = await runMethod(method, device, context);
    tell({ message: 'ended', device, bytes, badRanges, continued: details['continued'] });
  }),
);
