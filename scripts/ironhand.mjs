#!/usr/bin/env node
// Starts the command line on the Node that the lockfile pins: plain JavaScript, so that an older one can read it.
import { spawn } from 'node:child_process';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';

const oldestMajor = 24;
const compileCache = path.join(import.meta.dirname, '../.cache/compile/launcher');
const program = path.join(import.meta.dirname, 'cli', 'main.ts');

if (Number.parseInt(process.versions.node, 10) >= oldestMajor) {
  module.enableCompileCache(compileCache);
  await import(program);
} else {
  // setpriv(1): however this process ends, the other one does not stay behind.
  const command = ['--pdeathsig', 'TERM', '--', pinnedNode(), program, ...process.argv.slice(2)];
  const child = spawn('setpriv', command, {
    stdio: 'inherit',
    // A Ctrl-C in the terminal reaches this process alone, which passes it on once.
    detached: true,
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + os.constants.signals[signal];
  });
}

function pinnedNode() {
  const packageName = `node-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
  const manifest = module.createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return path.join(path.dirname(manifest), 'bin', 'node');
}
