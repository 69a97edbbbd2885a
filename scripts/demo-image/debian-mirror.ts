import type { RunProgram } from './run-program.ts';

/** Where this machine gets Debian from, as a line of sources.list(5). */
export const debianRelease = 'bookworm';

const usualMirror = 'http://deb.debian.org/debian';

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
  const fits = (target: ReadonlyMap<string, string>): boolean =>
    target.get('Release') === debianRelease && target.get('Component') === 'main' && target.has('Repo-URI');
  const target = parseParagraphs(indexTargets).find(fits);
  const mirror = target?.get('Repo-URI') ?? usualMirror;
  const keyring = target?.get('Signed-By');
  return `deb ${keyring?.startsWith('/') ? `[signed-by=${keyring}] ` : ''}${mirror} ${release} main`;
}

export async function machineSourceLine(run: RunProgram, release = debianRelease): Promise<string> {
  return sourceLine(await run('apt-get', ['indextargets', 'Created-By: Packages', 'Origin: Debian']), release);
}
