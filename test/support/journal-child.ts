import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectLogs } from '../../src/log/collect-logs.ts';
import { createJobContext } from './job-context.ts';

/** Writes entries of two lines, with a secret in the second one, to the journal of this machine and prints what is collected of it. */
for (const number of [1, 2, 3]) {
  // Given twice, it is a message of two lines; logger(1).
  const input = `MESSAGE=entry ${number}\nMESSAGE=password=sesame\nSYSLOG_IDENTIFIER=lab\n`;
  execFileSync('logger', ['--journald'], { input });
  await sleep(20);
}
await sleep(500);
const pieces: string[] = [];
const bounds = { seconds: { programs: 20, all: 30 }, limitBytes: 16 * 1024 * 1024 };
await collectLogs(createJobContext({ devices: [] }), bounds, (piece) => void pieces.push(piece));
const input = Buffer.from(pieces.join(''), 'base64');
process.stdout.write(execFileSync('tar', ['--extract', '--gzip', '--to-stdout', '--file', '-', 'journal'], { input }));
