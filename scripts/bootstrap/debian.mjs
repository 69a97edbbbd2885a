// Debian packages by apt-get, without starting the services that come with some of them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const policyFile = '/usr/sbin/policy-rc.d';
const lockTimeoutSeconds = 300;

/** @param {string} file */
function isThere(file) {
  try {
    accessSync(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The packages whose program or file is not there. A program may come from anywhere, not only from Debian.
 * @template {{ readonly proof: string }} P
 * @param {readonly P[]} packages
 * @returns {P[]}
 */
export function missingPackages(packages) {
  const folders = [...(process.env.PATH ?? '').split(':').filter(Boolean), ...searched];
  return packages.filter(({ proof }) =>
    proof.startsWith('/') ? !isThere(proof) : !folders.some((folder) => isThere(path.join(folder, proof))),
  );
}

/**
 * While this process lives, no package starts its service: invoke-rc.d and deb-systemd-invoke ask policy-rc.d, 101 forbids. The
 * script looks for our process, so that one left behind by a kill forbids nothing. One that was there before stays.
 */
function forbidServices() {
  const ours = `#!/bin/sh\n# Made by the bootstrap of Ironhand while it installs packages.\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`;
  try {
    writeFileSync(policyFile, ours, { mode: 0o755, flag: 'wx' });
    return () => rmSync(policyFile, { force: true });
  } catch (error) {
    if (error.code === 'EEXIST') return () => {};
    throw error;
  }
}

/**
 * @param {readonly string[]} args
 * @returns {string | null} what went wrong
 */
function aptGet(args) {
  const options = ['-q', '-y', '-o', `DPkg::Lock::Timeout=${lockTimeoutSeconds}`, '-o', 'Dpkg::Use-Pty=0'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', LC_ALL: 'C.UTF-8' };
  const { status, signal, error, stdout, stderr } = spawnSync('apt-get', [...options, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) return error.message;
  if (status === 0) return null;
  const lines = `${stdout}\n${stderr}`.trimEnd().split('\n');
  return `apt-get ${args.join(' ')} ended with ${signal ?? status}:\n${lines.slice(-25).join('\n')}`;
}

/** DPkg::Lock::Timeout does not cover the lock of the package lists, so that one is waited for here. */
async function updateLists() {
  const deadline = Date.now() + lockTimeoutSeconds * 1000;
  for (;;) {
    const failure = aptGet(['update']);
    if (failure === null || !failure.includes('Could not get lock') || Date.now() > deadline) return failure;
    await delay(2000);
  }
}

/**
 * Installs packages; to be called under the lock of bootstrap.mjs. Throws an Error that a person can read.
 * @param {readonly { readonly name: string, readonly reason: string }[]} packages
 */
export async function installPackages(packages) {
  const names = packages.map(({ name }) => name);
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`there is no apt-get on this machine; install by its own means: ${names.join(' ')}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `root is needed to install packages; run: sudo apt-get install --no-install-recommends ${names.join(' ')}`,
    );
  }
  const updateFailure = await updateLists();
  const allowServices = forbidServices();
  try {
    const failure = aptGet(['install', '--no-install-recommends', ...names]);
    if (failure) throw new Error(updateFailure ? `${failure}\nbefore that: ${updateFailure}` : failure);
  } finally {
    allowServices();
  }
}
