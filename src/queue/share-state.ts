import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { StateDir } from './state-dir.ts';

/** A user of the machine and its group, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whom api and redis-server run as where neither is root. */
export interface StateUsers {
  readonly api: Account;
  readonly redis: Account;
}

/** Who owns one entry of the state directory; `mode` as in chmod(2). */
interface Ownership extends Account {
  readonly entry: string;
  readonly mode: number;
}

const root = 0;

/**
 * Lets api and redis-server do their work as users of their own, in a state directory that root has prepared for this boot. Redis
 * gets its settings and its data; the api what it alone writes, and reads the configuration, which stays root's as it decides what
 * workers do. What workers keep for themselves stays closed.
 */
export function shareState(state: StateDir, users: StateUsers): void {
  for (const { entry, uid, gid, mode } of ownerships(state, users)) {
    if (!existsSync(entry)) continue;
    chownSync(entry, uid, gid);
    chmodSync(entry, mode); // after chown(2), which may clear bits
  }
}

/** The directory itself comes last: until then nobody else gets in. */
function ownerships(state: StateDir, { api, redis }: StateUsers): readonly Ownership[] {
  const readByApi = { uid: root, gid: api.gid, mode: 0o640 };
  return [
    ...[state.configFile, state.redisPassword, state.jobKey].map((entry) => ({ entry, ...readByApi })),
    ...[state.redisConfig, state.redisUsers].map((entry) => ({ entry, ...redis, mode: 0o600 })),
    { entry: state.redisData, ...redis, mode: 0o710 }, // the api goes through to the socket, as a member of the group
    ...[state.api, state.tls, state.secrets].map((entry) => ({ entry, ...api, mode: 0o700 })),
    // Files that root writes here get the group of the api: it wipes results, and only reads certificates.
    { entry: state.results, ...api, mode: 0o2700 },
    { entry: state.certificates, uid: root, gid: api.gid, mode: 0o2750 },
    ...below(state.media).map(({ entry, isDirectory }) => ({ entry, ...readByApi, mode: isDirectory ? 0o750 : 0o640 })),
    { entry: state.root, uid: root, gid: root, mode: 0o711 },
  ];
}

/** A directory and all that is in it. */
function below(directory: string): readonly { readonly entry: string; readonly isDirectory: boolean }[] {
  if (!existsSync(directory)) return [];
  const inside = readdirSync(directory, { recursive: true, withFileTypes: true });
  return [
    { entry: directory, isDirectory: true },
    ...inside.map((found) => ({ entry: path.join(found.parentPath, found.name), isDirectory: found.isDirectory() })),
  ];
}
