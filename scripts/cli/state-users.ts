import { readFileSync } from 'node:fs';
import { type Account, type StateUsers, shareState } from '../../src/queue/share-state.ts';
import type { Prepared } from './prepare.ts';

/** Last of all preparations: from then on api and redis-server can be started as users of their own, by the units of the ramdisk. */
export function shareWithUsers({ config, state }: Pick<Prepared, 'config' | 'state'>): void {
  const users = config.insideRamdisk ? stateUsers() : null;
  if (users !== null) shareState(state, users);
}

/**
 * The users that the ramdisk has for api and redis-server, from the text of passwd(5); null where it lacks one of them, as any other
 * machine does: there all processes of an agent are root's.
 */
export function stateUsers(passwd = readFileSync('/etc/passwd', 'utf8')): StateUsers | null {
  const api = accountOf('ironhand-api', passwd);
  const redis = accountOf('ironhand-redis', passwd);
  return api !== null && redis !== null ? { api, redis } : null;
}

function accountOf(name: string, passwd: string): Account | null {
  const fields = passwd.split('\n').map((line) => line.split(':'));
  const [, , uid = '', gid = ''] = fields.find(([user]) => user === name) ?? [];
  return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? { uid: Number(uid), gid: Number(gid) } : null;
}
