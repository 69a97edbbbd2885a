import { type Declaration, parseSysusers } from './parse-sysusers.ts';

/** Users and groups as in passwd(5), group(5) and shadow(5). */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
}

/** systemd-sysusers(8) takes the highest that is free. */
const highestFree = 999;

/**
 * What base-passwd and systemd-sysusers(8) would make of Debian's fixed accounts and of files of sysusers.d(5), done at the build so
 * that no boot has to. Of a declaration that is there twice the first counts.
 */
export function makeAccounts(passwdMaster: string, groupMaster: string, sysusers: readonly string[]): AccountFiles {
  const users = new Map(rows(passwdMaster).map((fields): [string, string[]] => [fields[0] ?? '', fields.with(1, 'x')]));
  const groups = new Map(rows(groupMaster).map((fields): [string, string[]] => [fields[0] ?? '', fields.with(1, 'x')]));
  const free = (): string => {
    const taken = new Set([...groups.values(), ...users.values()].map(([, , id]) => Number(id)));
    let id = highestFree;
    while (taken.has(id)) id--;
    return String(id);
  };
  const addGroup = (name: string, id: string | null): string => {
    const known = groups.get(name)?.[2] ?? id ?? free();
    if (!groups.has(name)) groups.set(name, [name, 'x', known, '']);
    return known;
  };
  const addUser = ({ name, id, group, about, home, shell }: Declaration): void => {
    const gid = /^\d+$/.test(group ?? '') ? (group ?? '') : addGroup(group ?? name, group === null ? id : null);
    users.set(name, [name, 'x', id ?? gid, gid, about, home ?? '/', shell ?? '/usr/sbin/nologin']);
  };
  const addMember = (name: string, group: string): void => {
    addGroup(group, null);
    const row = groups.get(group);
    if (row) row[3] = [...new Set([...(row[3] ?? '').split(',').filter(Boolean), name])].join(',');
  };

  const declared = sysusers.flatMap(parseSysusers);
  for (const { type, name, id } of declared) if (type === 'g') addGroup(name, id);
  for (const each of declared) if (each.type === 'u' && !users.has(each.name)) addUser(each);
  for (const { type, name, memberOf } of declared) if (type === 'm' && memberOf !== null) addMember(name, memberOf);
  return {
    passwd: text([...users.values()]),
    group: text([...groups.values()]),
    // No password fits anybody; a day of the last change keeps it from having expired.
    shadow: text([...users.keys()].map((name) => [name, '*', '1', '0', '99999', '7', '', '', ''])),
  };
}

function rows(master: string): readonly string[][] {
  const lines = master.split('\n').filter(Boolean);
  return lines.map((line) => line.split(':'));
}

function text(lines: readonly (readonly string[])[]): string {
  return lines.map((fields) => `${fields.join(':')}\n`).join('');
}
