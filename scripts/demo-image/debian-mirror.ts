import type { RunProgram } from './run-program.ts';

/** Where this machine gets Debian from, as a line of sources.list(5). */
export const debianRelease = 'bookworm';

const usualMirror = 'http://deb.debian.org/debian';

/** Where its corrections come from, with the mirror of each where apt knows none. */
const parts = {
  [debianRelease]: usualMirror,
  [`${debianRelease}-updates`]: usualMirror,
  [`${debianRelease}-security`]: `${usualMirror}-security`,
};

/** The deb822 paragraphs of `apt-get indextargets` (apt-get(8)). */
function parseParagraphs(text: string): Map<string, string>[] {
  return text.split('\n\n').map((paragraph) => {
    const fields = paragraph.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    return new Map(fields);
  });
}

/** From what apt-get knows of the machine's mirrors, for whichever release is wanted; the usual one where it knows none. */
export function sourceLine(indexTargets: string, release = debianRelease): string {
  return lineOf(indexTargets, { known: debianRelease, release, usual: usualMirror });
}

/** The same for the release with all its corrections, security included. */
export function correctedSourceLines(indexTargets: string, components: readonly string[]): readonly string[] {
  return Object.entries(parts).map(([part, usual]) =>
    [lineOf(indexTargets, { known: part, release: part, usual }), ...components].join(' '),
  );
}

interface Wanted {
  /** The release whose mirror is asked for. */
  readonly known: string;
  readonly release: string;
  readonly usual: string;
}

function lineOf(indexTargets: string, { known, release, usual }: Wanted): string {
  const fits = (target: ReadonlyMap<string, string>): boolean =>
    target.get('Release') === known && target.get('Component') === 'main' && target.has('Repo-URI');
  const target = parseParagraphs(indexTargets).find(fits);
  const mirror = target?.get('Repo-URI') ?? usual;
  const keyring = target?.get('Signed-By');
  return `deb ${keyring?.startsWith('/') ? `[signed-by=${keyring}] ` : ''}${mirror} ${release} main`;
}

const askForMirrors = ['indextargets', 'Created-By: Packages', 'Origin: Debian'];

export async function machineSourceLine(run: RunProgram, release = debianRelease): Promise<string> {
  return sourceLine(await run('apt-get', askForMirrors), release);
}

export async function machineSourceLines(run: RunProgram, components: readonly string[]): Promise<readonly string[]> {
  return correctedSourceLines(await run('apt-get', askForMirrors), components);
}
