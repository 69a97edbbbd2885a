import type { FileResult } from './run-file.ts';

/** Counts over check stages and suites, and the failures in full for the end of the output. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: string[];
}

export function createTally(): Tally {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

/** What a file prints to be seen although it passes: how many cases a fuzz has tried, for instance. */
const notePrefix = 'note: ';

export function addFile(tally: Tally, result: FileResult): void {
  tally.passed += result.passed;
  tally.failed += result.failures.length;
  tally.skipped += result.skipped.length;
  for (const { name, error } of result.failures) tally.failures.push(`${result.file}: ${name}\n${indent(error)}`);
  const printed = result.output
    .split('\n')
    .filter((line) => !line.startsWith(notePrefix))
    .slice(-40)
    .join('\n');
  if (result.failures.length > 0 && printed !== '') tally.failures.push(`${result.file} printed\n${indent(printed)}`);
}

/** One line for a file, one for each of its tests that failed or was skipped, and its notes; more of it comes at the end of the run. */
export function describeFile({ file, passed, skipped, failures, seconds, output }: FileResult): string {
  const counts = [`${passed} passed`, ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])].join(', ');
  return [
    `${failures.length === 0 ? 'ok  ' : 'FAIL'}  ${file} (${counts}, ${seconds.toFixed(1)} s)`,
    ...skipped.map((name) => `      skipped: ${name}`),
    ...failures.map(({ name, error }) => `      FAILED: ${name}: ${firstLine(error)}`),
    ...output
      .split('\n')
      .filter((line) => line.startsWith(notePrefix))
      .map((line) => `      ${line.slice(notePrefix.length)}`),
  ].join('\n');
}

/** The last line of `npm test`. */
export function summaryLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '        ');
}
