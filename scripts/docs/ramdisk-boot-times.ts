import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../check-stages.ts';
import { table } from './markdown.ts';

/** What `npm run bench -- --only ramdisk-boot --record` wrote. */
export const bootTimesFile = path.join(projectRoot, 'docs/ramdisk-boot-times.json');

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** From the kernel's hand-over to init, in seconds, of one ramdisk in an emulated machine. */
export interface BootTimes {
  readonly rounds: number;
  readonly heartbeatSeconds: Spread;
  /** Until the first command that needs a worker (`get_deploy_steps`) is answered. */
  readonly firstCommandSeconds: Spread;
  /** Until the same machine with the same ramdisk and nothing of ours runs `node -e` that listens on a port. */
  readonly bareNodeSeconds: Spread;
  readonly ratio: Spread;
}

/** By the name of the ramdisk. */
export function readBootTimes(): Readonly<Record<string, BootTimes>> {
  if (!existsSync(bootTimesFile)) return {};
  return JSON.parse(readFileSync(bootTimesFile, 'utf8')) as Record<string, BootTimes>;
}

/** A section of docs/ramdisk-sizes.md. */
export function renderBootTimes(all: Readonly<Record<string, BootTimes>>): string {
  const head = ['Ramdisk', 'Rounds', 'First heartbeat, s', 'First command answered, s', 'Bare Node, s', 'Ratio'];
  const rows = Object.entries(all).map(
    ([name, { rounds, heartbeatSeconds, firstCommandSeconds, bareNodeSeconds, ratio }]) => [
      name,
      String(rounds),
      spread(heartbeatSeconds, 1),
      spread(firstCommandSeconds, 1),
      spread(bareNodeSeconds, 1),
      spread(ratio, 2),
    ],
  );
  return `## Time to boot

From the kernel's hand-over to init, in a machine whose two processors are emulated (QEMU, TCG): until the first heartbeat, until a
worker has answered the conductor's first command, and until the same ramdisk with nothing of ours runs \`node -e\` that listens on
a port. Median [range]; written by \`npm run bench -- --only
ramdisk-boot --record\`. What it means for real hardware: [bench/README.md](../bench/README.md).

${table(head, rows)}`;
}

function spread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`;
}
