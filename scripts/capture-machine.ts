import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRawCapture } from './capture/raw-capture.ts';
import { redact } from './capture/redact.ts';
import { captureScript } from './capture/shell-script.ts';

const usage = `Usage:
  node scripts/capture-machine.ts script > capture.sh       for the machine: bash capture.sh > machine.tar
  node scripts/capture-machine.ts pack machine.tar NAME     redacts it into test/machines/NAME/machine.json`;

const [verb, archive, name] = process.argv.slice(2);
if (verb === 'script') process.stdout.write(captureScript());
else if (verb === 'pack' && archive !== undefined && name !== undefined && /^[a-z0-9-]+$/.test(name))
  pack(archive, name);
else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}

function pack(tar: string, machine: string): void {
  const raw = mkdtempSync(path.join(tmpdir(), 'ironhand-capture-'));
  try {
    execFileSync('tar', ['--extract', '--directory', raw, '--file', tar]);
    const directory = path.join(import.meta.dirname, '../test/machines', machine);
    mkdirSync(directory, { recursive: true });
    const capture = redact(readRawCapture(raw));
    writeFileSync(path.join(directory, 'machine.json'), `${JSON.stringify(capture, null, 1)}\n`);
  } finally {
    rmSync(raw, { recursive: true });
  }
}
