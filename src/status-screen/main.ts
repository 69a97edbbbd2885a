import { openSync, readlinkSync, writeSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';
import { lookAtMachine } from './look-at-machine.ts';
import { fullScreen, plainLines, type ScreenWriter } from './screen-writer.ts';

/**
 * The status screen of the machine on the consoles that are named (`/dev/tty1 /dev/ttyS0`), or on standard output. It asks nobody: it
 * reads what the api has written, and the kernel. `--state-dir DIR` where that is another one.
 */
const places = {
  status: '/run/ironhand/api/status.json',
  prepareError: '/run/ironhand-prepare-error',
  cgroups: '/sys/fs/cgroup',
  sysfs: '/sys',
};
const smallest = { columns: 80, rows: 24 };
const lookMilliseconds = 2000;

/** A screen can be drawn anew; what is behind a serial line may be a file. */
function writerOf(descriptor: number): ScreenWriter {
  const device = readlinkSync(`/proc/self/fd/${descriptor}`);
  if (!isatty(descriptor) || !/^\/dev\/(tty\d+|pts\/\d+)$/.test(device)) return plainLines(smallest);
  const terminal = new WriteStream(descriptor);
  return fullScreen(() => ({
    columns: terminal.columns || smallest.columns,
    rows: terminal.rows || smallest.rows,
  }));
}

const args = process.argv.slice(2);
const stateDir = args[0] === '--state-dir' ? args.splice(0, 2)[1] : undefined;
const found = stateDir === undefined ? places : { ...places, status: `${stateDir}/api/status.json` };
const descriptors = args.length === 0 ? [1] : args.map((device) => openSync(device, 'w'));
const consoles = descriptors.map((descriptor) => ({ descriptor, draw: writerOf(descriptor) }));

function look(): void {
  const view = lookAtMachine(found, new Date());
  for (const { descriptor, draw } of consoles) {
    const text = draw(view);
    if (text !== '') writeSync(descriptor, text);
  }
}

look();
setInterval(look, lookMilliseconds);
