#!/usr/bin/env node
// Starts the command line on the Node that the lockfile pins: plain JavaScript, so that an older one can read it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const oldestMajor = 24;
const program = path.join(import.meta.dirname, 'cli', 'main.ts');

if (Number.parseInt(process.versions.node, 10) >= oldestMajor) {
  await import(program);
} else {
  const child = spawn(pinnedNode(), [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

function pinnedNode() {
  const packageName = `node-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return path.join(path.dirname(manifest), 'bin', 'node');
}
