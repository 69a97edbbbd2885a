import type { CommandRecord, CommandRecords } from '../core/command-records.ts';
import { type LogSource, textSource } from './log-source.ts';

const recordsLimitBytes = 4 * 1024 * 1024;
const logLimitBytes = 2 * 1024 * 1024;

/** The commands of this boot: all of them in one table, and the log of each, that of the last one first. */
export function commandSources(records: CommandRecords, known: readonly CommandRecord[]): readonly LogSource[] {
  const table = textSource('commands.json', recordsLimitBytes, async () => JSON.stringify(known, null, 2));
  const logs = known.map((record, index) =>
    textSource(`commands/${memberName(record, index + 1)}`, logLimitBytes, async () =>
      (await records.log(record)).map((line) => `${line}\n`).join(''),
    ),
  );
  return [table, ...logs.reverse()];
}

/** `003-write_image-<id>.log`: in the order of acceptance. A name of a step is what a conductor sent. */
function memberName({ label, id }: CommandRecord, number: number): string {
  return `${String(number).padStart(3, '0')}-${label.replace(/[^\w.-]/g, '_').slice(0, 40)}-${id}.log`;
}
