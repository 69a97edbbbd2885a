import { execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  createWriteStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { stateDirAt } from '../../src/queue/state-dir.ts';
import { storedResult, takeResult } from '../../src/queue/stored-result.ts';

/**
 * Runs in the place of the api, with exactly its flags, and tries what the api must not be able to do. Tells on standard
 * output, as JSON, the error code of each attempt, or `done` for one that was not stopped. argv: block device, state directory.
 */
const [device = '', stateDir = ''] = process.argv.slice(2);

const attempts: Readonly<Record<string, () => unknown>> = {
  'start a process': () => spawn('true'),
  'start a process and wait': () => spawnSync('true'),
  'run a file': () => execFileSync('/bin/true'),
  'fork itself': () => fork(import.meta.filename),
  'become another program': () => process.execve?.('/bin/true', ['true'], {}),
  'start a thread': () => new Worker('0', { eval: true }),
  'load an addon': () => process.dlopen({ exports: {} }, '/usr/lib/no-such-addon.node'),
  'read the block device': () => openSync(device, 'r'),
  'write the block device': () => openSync(device, 'r+'),
  'write the block device through a promise': async () => await open(device, 'w'),
  'write the block device as a stream': async () => await once(createWriteStream(device), 'open'),
  'read the block device through /proc': () => openSync(`/proc/self/root${device}`, 'r'),
  'read the block device through the root of another process': () => openSync(`/proc/1/root${device}`, 'r'),
  'read the block device through a working directory': () => openSync(`/proc/self/cwd/../../..${device}`, 'r'),
  'list the devices': () => readdirSync('/dev'),
  'read the passwords of the machine': () => readFileSync('/etc/shadow'),
  'read the passwords of the machine through /proc': () => readFileSync('/proc/self/root/etc/shadow'),
  'read the memory of the machine': () => openSync('/proc/kcore', 'r'),
  'write a control file of the kernel': () => writeFileSync('/proc/sysrq-trigger', ''),
  'link to a device from where it may write': () => symlinkSync(device, `${stateDir}/link`),
  'write beside its state': () => writeFileSync(`${stateDir}-beside`, ''),
  'write its own program': () => writeFileSync(new URL('../../api/main.ts', import.meta.url), '', { flag: 'a' }),
  'change the configuration of the workers': () => writeFileSync(`${stateDir}/config.json`, '{}', { flag: 'a' }),
  'change the configuration of redis': () => writeFileSync(`${stateDir}/redis.conf`, '', { flag: 'a' }),
  'replace the configuration of redis': () => renameSync(`${stateDir}/api/identity.json.new`, `${stateDir}/redis.conf`),
  'remove the records of this boot': () => rmSync(`${stateDir}/redis`, { recursive: true }),
  'change the result of a command': () => writeFileSync(`${stateDir}/results/command.json`, '{}'),
  'copy a file out': () => cpSync('/etc/hostname', `${stateDir}/hostname`),
};

/** What it must be able to do, so that a probe that is denied everything does not pass. */
const necessities: Readonly<Record<string, () => unknown>> = {
  'write its state': () => writeFileSync(`${stateDir}/api/identity.json.new`, '{}'),
  'keep a secret': () => writeFileSync(`${stateDir}/secrets/id.json`, '{}'),
  'keep a certificate': () => writeFileSync(`${stateDir}/tls/pair.pem`, ''),
  'remove the answer to a question': () => {
    writeFileSync(`${stateDir}/results/query-1.json`, '{}'); // as a worker does
    takeResult(stateDirAt(stateDir, ''), 'query-1', storedResult);
    if (existsSync(`${stateDir}/results/query-1.json`)) throw new Error('it is still there');
  },
  'read its program': () => readFileSync(new URL('../../package.json', import.meta.url)),
  'see its state': () => existsSync(stateDir),
};

async function outcomeOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

const outcomes: Record<string, string> = {};
for (const [name, attempt] of Object.entries({ ...attempts, ...necessities }))
  outcomes[name] = await outcomeOf(attempt);
process.stdout.write(JSON.stringify(outcomes));
process.exit(0);
