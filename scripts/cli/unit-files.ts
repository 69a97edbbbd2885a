import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeRootOnly } from '../../src/queue/root-only-file.ts';
import type { Prepared } from './prepare.ts';
import { agentProcesses, type ProcessSpec } from './process-table.ts';

/** Where ironhand-api.socket listens: on every address, of IPv4 too. */
const socketUnit = { host: '::', port: 9999 };

/**
 * Tells the units of a ramdisk how to start each process, so that systemd starts it itself (a Node in between would take seconds)
 * and hands it its socket. The unit says `EnvironmentFile=DIR/units/NAME.env` and `ExecStart=/usr/bin/node $IRONHAND_ARGS`.
 */
export function writeUnitFiles({ config, state }: Pick<Prepared, 'config' | 'state'>): void {
  mkdirSync(state.units, { recursive: true, mode: 0o700 });
  for (const spec of agentProcesses(config, state)) {
    writeRootOnly(path.join(state.units, `${spec.name}.env`), environmentFile(spec));
  }
  // Where the `.socket` unit does not listen, the api does by itself.
  const mark = path.join(state.units, 'own-listener');
  const { host, port } = socketUnit;
  if (config.listenHost !== host || config.listenPort !== port) writeRootOnly(mark, '');
  else rmSync(mark, { force: true });
}

/** Environment and arguments of a process in the form of EnvironmentFile=, systemd.exec(5). */
export function environmentFile({ args, env }: Pick<ProcessSpec, 'args' | 'env'>): string {
  const variables = { ...env, IRONHAND_ARGS: args.map(quoteWord).join(' ') };
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\`$]/g, String.raw`\$&`)}"\n`)
    .join('');
}

/** One word of what `$IRONHAND_ARGS` is split into at white space, systemd.service(5): quotes and backslashes are obeyed there. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
