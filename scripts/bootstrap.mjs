// Makes a machine ready, then runs a script on the pinned Node:
//
//   node scripts/bootstrap.mjs [--packages none|run|demo|test|bench] [-- script args...]
//   node scripts/bootstrap.mjs --list [PURPOSE]
//
// Installs what is missing, and nothing else: Debian packages by apt-get (scripts/bootstrap/packages.mjs says which, and why), npm
// packages by `npm ci`. Node built-ins only, and it runs on Node 18 and later, since it comes before everything else.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, missingPackages } from './bootstrap/debian.mjs';
import { installModules, modulesAreCurrent, pinnedNode } from './bootstrap/node-modules.mjs';
import { purposes } from './bootstrap/packages.mjs';

const self = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(self));

/** @param {string} message */
function say(message) {
  process.stderr.write(`bootstrap: ${message}\n`);
}

/**
 * @param {string} name
 * @returns {readonly import('./bootstrap/packages.mjs').DebianPackage[]}
 */
function packagesFor(name) {
  const packages = Object.hasOwn(purposes, name) ? purposes[name] : undefined;
  if (!packages) throw new Error(`--packages ${name}: expected one of ${Object.keys(purposes).join(', ')}`);
  return packages;
}

/**
 * Runs this script again as the holder of a lock file. The kernel lets go of the lock when the holder dies, however it dies.
 * @param {string} lockFile
 * @param {readonly string[]} args
 */
function runLocked(lockFile, args) {
  mkdirSync(path.dirname(lockFile), { recursive: true });
  const { status, signal, error } = spawnSync('flock', [lockFile, process.execPath, self, ...args], {
    stdio: 'inherit',
  });
  if (error) throw new Error(`flock (package util-linux) could not be started: ${error.message}`, { cause: error });
  if (status !== 0) process.exit(status ?? 128 + (os.constants.signals[signal ?? 'SIGTERM'] ?? 0));
}

/** @param {string} purpose */
async function installDebianPackages(purpose) {
  const missing = missingPackages(packagesFor(purpose));
  if (missing.length === 0) return;
  say('installing Debian packages:');
  for (const { name, reason } of missing) say(`  ${name}: ${reason}`);
  await installPackages(missing);
  const absent = missingPackages(missing).map(({ name, proof }) => `${proof} (${name})`);
  if (absent.length > 0) throw new Error(`still not there after installation: ${absent.join(', ')}`);
}

function installNpmPackages() {
  if (modulesAreCurrent(root)) return;
  say('installing npm packages (npm ci)');
  installModules(root);
}

/** @param {string} purpose */
async function makeReady(purpose) {
  const missing = missingPackages(packagesFor(purpose));
  // Without root nothing can be installed: the message says what to do, no lock is needed.
  if (missing.length > 0 && process.getuid?.() !== 0) await installPackages(missing);
  // apt is shared by the whole machine, node_modules by those who work in this folder.
  if (missing.length > 0) runLocked('/run/lock/ironhand-bootstrap.lock', ['--install-debian', purpose]);
  if (!modulesAreCurrent(root)) runLocked(path.join(root, '.cache', 'bootstrap.lock'), ['--install-npm']);
}

/** On a terminal, Ctrl-C already reaches every process of the foreground group. */
function hasTerminal() {
  try {
    openSync('/dev/tty', 'r');
    return true;
  } catch {
    return false;
  }
}

/**
 * As near to exec(2) as Node comes: same terminal, same signals (each once), same exit code.
 * @param {readonly string[]} command
 */
function become(command) {
  const child = spawn(pinnedNode(root), command, { cwd: root, stdio: 'inherit' });
  const interruptedByTerminal = hasTerminal();
  process.on('SIGINT', () => {
    if (!interruptedByTerminal) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say(`${pinnedNode(root)} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]));
}

/** @param {string} name */
function list(name) {
  for (const each of packagesFor(name)) process.stdout.write(`${each.name}\t${each.proof}\t${each.reason}\n`);
}

/** @param {readonly string[]} args */
async function main(args) {
  const dashes = args.indexOf('--');
  const [option = '--packages', value = 'none'] = dashes === -1 ? args : args.slice(0, dashes);
  const command = dashes === -1 ? [] : args.slice(dashes + 1);
  if (option === '--list') list(value === 'none' ? 'test' : value);
  else if (option === '--install-debian') await installDebianPackages(value);
  else if (option === '--install-npm') installNpmPackages();
  else if (option === '--packages') {
    await makeReady(value);
    if (command.length > 0) become(command);
  } else throw new Error(`unknown option ${option}; see the first lines of ${self}`);
}

main(process.argv.slice(2)).catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
