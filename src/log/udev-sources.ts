import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryNames } from '../core/entry-names.ts';
import type { RunTool } from '../core/tool.ts';
import { readProperties } from '../tools/udevadm.ts';
import { type LogSource, textSource } from './log-source.ts';

const blockDevices = '/sys/class/block';

/** What udev knows of each block device that has a size, as JSON. */
export function udevSources(run: RunTool): readonly LogSource[] {
  return entryNames(blockDevices)
    .filter((name) => sectorsOf(name) > 0)
    .map((name) =>
      textSource(`udev/${name}`, 64 * 1024, async () =>
        JSON.stringify(await readProperties(run, `/dev/${name.replaceAll('!', '/')}`), null, 2),
      ),
    );
}

/** 0 for loop devices that nobody uses, and for a device that is going away. */
function sectorsOf(name: string): number {
  try {
    return Number(readFileSync(join(blockDevices, name, 'size'), 'utf8'));
  } catch {
    return 0;
  }
}
