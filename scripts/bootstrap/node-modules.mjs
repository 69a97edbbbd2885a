// node_modules as package-lock.json says, and the pinned Node in it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** @param {string} root */
function stampOf(root) {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.arch}\n`;
}

/** @param {string} root */
function stampFile(root) {
  return path.join(root, 'node_modules', '.ironhand-lock-hash');
}

/** @param {string} file */
function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * True when npm's own record of what it put into node_modules says the same as package-lock.json: somebody ran `npm ci` by hand.
 * @param {string} root
 */
function recordMatches(root) {
  const record = readOrNull(path.join(root, 'node_modules', '.package-lock.json'));
  if (record === null) return false;
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const paths = Object.keys(wanted).filter((each) => each !== '');
  const alike = paths.every((each) =>
    installed[each] ? installed[each].integrity === wanted[each].integrity : wanted[each].optional === true,
  );
  return alike && Object.keys(installed).every((each) => each in wanted);
}

/**
 * The Node of package-lock.json, for this kind of processor.
 * @param {string} root
 */
export function pinnedNode(root) {
  return path.join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
}

/**
 * Whether node_modules is what package-lock.json says. Costs one hash when the stamp of an earlier look is there.
 * @param {string} root
 */
export function modulesAreCurrent(root) {
  if (!existsSync(pinnedNode(root))) return false;
  const stamp = stampOf(root);
  if (readOrNull(stampFile(root)) === stamp) return true;
  if (!recordMatches(root)) return false;
  try {
    writeFileSync(stampFile(root), stamp);
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
  }
  return true;
}

/**
 * Runs `npm ci`; to be called under the lock of bootstrap.mjs. Throws an Error that a person can read.
 * @param {string} root
 */
export function installModules(root) {
  // npm ci deletes node_modules, so npm must not run on the Node in there (`npm run` puts it first in PATH).
  const outside = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  const { status, signal, error } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: outside.join(':') },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw new Error(`npm could not be started: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`npm ci ended with ${signal ?? status}`);
  if (!existsSync(pinnedNode(root))) {
    throw new Error(
      `npm ci brought no Node for this processor: ${pinnedNode(root)} is not there (x64 and arm64 are pinned)`,
    );
  }
  writeFileSync(stampFile(root), stampOf(root));
}
