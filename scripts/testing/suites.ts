import { glob } from 'node:fs/promises';
import { projectRoot } from '../check-stages.ts';

export interface Suite {
  readonly name: string;
  /** Globs of its test files, from the project folder. */
  readonly files: readonly string[];
  /** Test files that run at the same time. */
  readonly concurrency: number;
  /** After that long a file is killed and counts as a failure. */
  readonly fileTimeoutSeconds: number;
}

/** A suite that belongs to a later issue: named, counted as one skip, and said loudly. */
export interface LaterSuite {
  readonly name: string;
  readonly later: string;
}

/** In the order in which they run: what is fast and most likely to fail comes first. */
export const suites: readonly (Suite | LaterSuite)[] = [
  {
    name: 'unit',
    files: ['test/{src,api,workers,scripts,contract,examples}/**/*.test.ts'],
    concurrency: 2,
    fileTimeoutSeconds: 90,
  },
  { name: 'disk', files: ['test/disk/**/*.test.ts'], concurrency: 2, fileTimeoutSeconds: 240 },
  { name: 'survival', files: ['test/survival/**/*.test.ts'], concurrency: 1, fileTimeoutSeconds: 900 },
  { name: 'browser', files: ['test/browser/**/*.test.ts'], concurrency: 1, fileTimeoutSeconds: 180 },
  { name: 'ironic', later: 'a real conductor drives the agent: comes with its own issue' },
  { name: 'vm', later: 'the real ramdisk on emulated hardware: comes with its own issue' },
];

/** The test files of a suite whose path contains one of the given texts (all of them when none is given), sorted. */
export async function testFiles(suite: Suite, wanted: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob(suite.files, { cwd: projectRoot })) {
    if (wanted.length === 0 || wanted.some((text) => file.includes(text))) found.push(file);
  }
  return found.sort();
}
