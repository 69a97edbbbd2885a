import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '../errors/catalogue.ts';
import { exclusively, isLockName } from './exclusive.ts';
import { writeRootOnly } from './root-only-file.ts';

/**
 * Everything that one boot remembers, in one root-only directory. It survives the death of any process and never a reboot:
 * a directory that carries another boot id is emptied before use.
 */
export interface StateDir {
  readonly root: string;
  readonly bootId: string;
  readonly configFile: string;
  readonly redisConfig: string;
  readonly redisUsers: string;
  readonly redisSocket: string;
  readonly redisData: string;
  readonly redisPassword: string;
  /** Key of the signature that every job carries. */
  readonly jobKey: string;
  /** What the api alone writes. */
  readonly api: string;
  /** What lookup gave and the api must not forget: token, node uuid, port. */
  readonly identity: string;
  readonly tls: string;
  /** There when the api has stopped for the rest of this boot: the command that ended it. */
  readonly serviceEnd: string;
  /** How the agent stands, for the status screen of the machine. */
  readonly status: string;
  /** Secrets taken out of job data, one file a job, wiped after use. */
  readonly secrets: string;
  /** Results too large for Redis, one file a job. */
  readonly results: string;
  /** What resumable jobs wrote down of themselves, one file a job. */
  readonly checkpoints: string;
  /** Certificates of what was erased, two files each. */
  readonly certificates: string;
  /** Files of virtual media that an option names; only there when there are any. */
  readonly media: string;
  /** Large temporary files of workers. */
  readonly spool: string;
  /** What virtual media said, for as long as the boot lasts: they may be ejected. */
  readonly mediaRecord: string;
  /** How systemd starts each process; there when `ironhand prepare` has prepared this boot. */
  readonly units: string;
}

export function stateDirAt(root: string, bootId: string): StateDir {
  const at = (name: string): string => path.join(root, name);
  return {
    root,
    bootId,
    configFile: at('config.json'),
    redisConfig: at('redis.conf'),
    redisUsers: at('redis-users.acl'),
    redisSocket: at('redis/redis.sock'),
    redisData: at('redis'),
    redisPassword: at('redis-password'),
    jobKey: at('job-key'),
    api: at('api'),
    identity: at('api/identity.json'),
    tls: at('tls'),
    serviceEnd: at('api/service-end'),
    status: at('api/status.json'),
    secrets: at('secrets'),
    results: at('results'),
    checkpoints: at('checkpoints'),
    certificates: at('certificates'),
    media: at('media'),
    spool: at('spool'),
    mediaRecord: at('media.json'),
    units: at('units'),
  };
}

/** Reads the id of this boot, `/proc/sys/kernel/random/boot_id` (proc(5)). */
export function readBootId(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f-]{8,}$/.test(text)) throw new ConfigurationError(`${file}: expected a boot id, found '${text}'`);
  return text;
}

/**
 * Makes the directory ready for this boot and returns its paths. Several processes may call it at once, of several containers
 * too. Throws ConfigurationError when the directory holds something that Ironhand did not put there, or is not ours alone.
 */
export function prepareStateDir(root: string, bootId: string): StateDir {
  const state = stateDirAt(path.resolve(root), bootId);
  mkdirSync(state.root, { recursive: true, mode: 0o700 });
  refuseOthersDirectory(state.root);
  exclusively(path.join(state.root, lockName), () => {
    forgetOtherBoot(state);
    const { redisData, api, tls, secrets, results, checkpoints, certificates, spool } = state;
    for (const dir of [redisData, api, tls, secrets, results, checkpoints, certificates, spool]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    }
    for (const file of [state.redisPassword, state.jobKey]) {
      if (!existsSync(file)) writeRootOnly(file, randomBytes(32).toString('base64url'));
    }
  });
  return state;
}

/** Whether the directory is that of this boot, and of nobody else. */
export function isStateOfThisBoot({ root, bootId }: StateDir): boolean {
  const marker = path.join(root, markerName);
  if (!existsSync(marker)) return false;
  refuseOthersDirectory(root);
  return readFileSync(marker, 'utf8').trim() === bootId;
}

const lockName = 'lock';
const markerName = 'boot-id';

/** Who owns the directory, or could write to it, may have put keys there that he knows. */
function refuseOthersDirectory(root: string): void {
  const { uid, mode } = statSync(root);
  const isShared = (mode & 0o022) !== 0 && readdirSync(root).length > 0;
  if (uid === process.geteuid?.() && !isShared) return;
  const found = `mode ${(mode & 0o7777).toString(8)} of user ${uid}`;
  throw new ConfigurationError(`${root}: expected a directory that only this user can write to, found ${found}`);
}

function forgetOtherBoot(state: StateDir): void {
  const names = readdirSync(state.root).filter((name) => !isLockName(name, lockName));
  const marker = path.join(state.root, markerName);
  if (names.includes(markerName)) {
    if (readFileSync(marker, 'utf8').trim() === state.bootId) return;
    // The marker last: whoever is killed in between leaves a directory that is emptied again.
    const inOrder = [...names.filter((name) => name !== markerName), markerName];
    for (const name of inOrder) rmSync(path.join(state.root, name), { recursive: true, force: true });
  } else if (names.length > 0) {
    throw new ConfigurationError(
      `${state.root}: expected an empty directory or one of an earlier run, found other files`,
    );
  }
  chmodSync(state.root, 0o700);
  writeRootOnly(marker, `${state.bootId}\n`);
}
