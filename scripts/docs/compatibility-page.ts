import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../check-stages.ts';
import { pageHead, table } from './markdown.ts';

/** How one flow ended with one Ironic, as test/ironic/lab/results.ts writes it. */
export interface CompatibilityResult {
  readonly flow: string;
  readonly title: string;
  readonly release: string;
  /** Of the conductor, as its package says. */
  readonly version: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** `2026-11-22` */
  readonly date: string;
}

/** What the last run that was taken over found; written by `npm run compatibility`. */
export const compatibilityFile = path.join(projectRoot, 'docs/compatibility.json');

/** docs/compatibility.md */
export function compatibilityPage(): string {
  return renderCompatibility(JSON.parse(readFileSync(compatibilityFile, 'utf8')) as CompatibilityResult[]);
}

export function renderCompatibility(results: readonly CompatibilityResult[]): string {
  const releases = [...new Set(results.map(({ release }) => release))].sort();
  const flows = new Map(results.map(({ flow, title }) => [flow, title]));
  const cell = (flow: string, release: string): string => {
    const result = results.find((each) => each.flow === flow && each.release === release);
    if (!result) return 'not there';
    return `${result.passed ? 'passed' : '**failed**'}, ${result.seconds.toFixed(1)} s`;
  };
  const heads = releases.map((release) => `Ironic ${release}`);
  const rows = [...flows].map(([flow, title]) => [`\`${flow}\``, title, ...releases.map((each) => cell(flow, each))]);
  const versions = [
    ...new Set(results.map(({ release, version, date }) => `- Ironic ${release}: ${version}, ${date}`)),
  ];
  const passed = results.filter((result) => result.passed).length;
  return `${pageHead('Compatibility', 'docs/compatibility.json')}
Unmodified conductors drive the agent through these flows in \`npm run test:ironic\`: real Ironic, API and conductor in one process, from
Debian's packages; fake power and boot, everything between conductor and agent real; loop devices as disks. Asserted are the state of
the node, the bytes on the disk, and the conversation: the same requests in the same order as with ironic-python-agent's
contract, and no superfluous one. "Not there": this release cannot do it. Seconds are those of the flow among others at the same
time.

${passed} of ${results.length} passed. Conductors, and when:

${versions.sort().join('\n')}

${table(['Flow', 'What', ...heads], rows)}
`;
}
