/** One line of sysusers.d(5); what is left open there is null. */
export interface Declaration {
  /** A user, a group, or a user's membership of a group. */
  readonly type: 'u' | 'g' | 'm';
  readonly name: string;
  readonly id: string | null;
  /** Name or number of the primary group, where it is not one of the user's own. */
  readonly group: string | null;
  readonly memberOf: string | null;
  readonly about: string;
  readonly home: string | null;
  readonly shell: string | null;
}

export function parseSysusers(text: string): readonly Declaration[] {
  return text
    .split('\n')
    .map(words)
    .flatMap(([type = '', name = '', id, about, home, shell]) => {
      const [kind = ''] = type;
      if (kind !== 'u' && kind !== 'g' && kind !== 'm') return [];
      const [own = null, group = null] = given(id)?.split(':') ?? [];
      return {
        type: kind,
        name,
        id: own === '-' || kind === 'm' ? null : own,
        group,
        memberOf: kind === 'm' ? own : null,
        about: given(about) ?? '',
        home: given(home),
        shell: given(shell),
      } satisfies Declaration;
    });
}

function given(word: string | undefined): string | null {
  return word === undefined || word === '-' ? null : word;
}

function words(line: string): readonly string[] {
  if (/^\s*(#|$)/.test(line)) return [];
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));
}
