import { glob } from 'node:fs/promises';
import { projectRoot } from '../check-stages.ts';

export interface Suite {
  readonly name: string;
  /** The folder below test/ whose files it runs; null for all that no other suite has. */
  readonly folder: string | null;
  /** Test files that run at the same time. */
  readonly concurrency: number;
  /** After that long a file is killed and counts as a failure. */
  readonly fileTimeoutSeconds: number;
  /** Runs from the start beside the others, after those that do so before it: most of it is waiting. */
  readonly beside?: true;
  /** The folder in its folder whose files take long: they run where `--all` or their name asks for them. */
  readonly longFolder?: string;
  /** Why `npm test` leaves it out: it counts as one skip, and is said loudly. `--only` runs it. */
  readonly apart?: string;
}

/** In the order in which they run: what is fast and most likely to fail comes first. */
export const suites: readonly Suite[] = [
  { name: 'unit', folder: null, concurrency: 2, fileTimeoutSeconds: 180 },
  { name: 'disk', folder: 'disk', concurrency: 2, fileTimeoutSeconds: 480 },
  { name: 'fuzz', folder: 'fuzz', concurrency: 1, fileTimeoutSeconds: 600 },
  { name: 'survival', folder: 'survival', concurrency: 1, fileTimeoutSeconds: 900 },
  { name: 'browser', folder: 'browser', concurrency: 1, fileTimeoutSeconds: 180 },
  { name: 'ironic', folder: 'ironic', concurrency: 1, fileTimeoutSeconds: 1500, beside: true },
  {
    ...{ name: 'compose', folder: 'compose', concurrency: 1, fileTimeoutSeconds: 600 },
    apart: 'a Docker engine has not run beside the other suites yet: npm run test:compose',
  },
  { name: 'vm', folder: 'vm', concurrency: 1, fileTimeoutSeconds: 1800, beside: true, longFolder: 'all' },
];

/** True for a file, named from the project folder, that this suite runs. */
export function hasFile(suite: Suite, file: string): boolean {
  const folder = file.split('/')[1];
  return suite.folder === null ? !suites.some(({ name }) => name === folder) : folder === suite.folder;
}

/** True for a file of this suite that takes long. */
export function isLong({ longFolder }: Suite, file: string): boolean {
  return longFolder !== undefined && file.split('/')[2] === longFolder;
}

/** The test files of a suite whose path contains one of the given texts (all of them when none is given), sorted. */
export async function testFiles(suite: Suite, wanted: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob('test/**/*.test.ts', { cwd: projectRoot })) {
    const chosen = wanted.length === 0 || wanted.some((text) => file.includes(text));
    if (chosen && hasFile(suite, file)) found.push(file);
  }
  return found.sort();
}
