/**
 * `npm test`: all checks, then all suites. `--only unit,disk` runs those suites alone, `--all` also the files that take long; other words
 * choose files by their path.
 */
import { parseArgs } from 'node:util';
import { describeCheck, runChecks } from './check-stages.ts';
import { runFile } from './testing/run-file.ts';
import { isLong, type Suite, suites, testFiles } from './testing/suites.ts';
import { addFile, createTally, describeFile, summaryLine } from './testing/tally.ts';

const { values, positionals: wanted } = parseArgs({
  options: { only: { type: 'string' }, all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const only = values.only?.split(',') ?? suites.map(({ name }) => name);
const unknown = only.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0)
  throw new Error(`no such suite: ${unknown.join(', ')} (there are ${suites.map((each) => each.name).join(', ')})`);

const tally = createTally();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

async function check(): Promise<void> {
  console.log('\n=== check');
  const results = await runChecks((result) => console.log(describeCheck(result).split('\n')[0]));
  for (const { name, passed, output } of results) {
    if (passed) tally.passed += 1;
    else {
      tally.failed += 1;
      tally.failures.push(`check: ${name}\n${output}`);
    }
  }
}

async function runSuite(suite: Suite): Promise<void> {
  const found = await testFiles(suite, wanted);
  const files = found.filter((file) => values.all || wanted.length > 0 || !isLong(suite, file));
  console.log(`\n=== ${suite.name}: ${files.length} files`);
  const left = found.length - files.length;
  if (left > 0) console.log(`note: ${left} more take long: npm run test:${suite.name} -- --all`);
  const queue = files[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const file of queue) {
      if (interruption.signal.aborted) return;
      const result = await runFile(file, { timeoutSeconds: suite.fileTimeoutSeconds, signal: interruption.signal });
      addFile(tally, result);
      console.log(describeFile(result));
    }
  };
  await Promise.all(Array.from({ length: suite.concurrency }, work));
}

function skipSuite({ name }: Suite, why: string): void {
  console.log(`\n=== ${name}\n!!!!!!  SKIPPED: ${why}`);
  tally.skipped += 1;
}

/** One suite after the other. */
async function runSuites(each: readonly Suite[]): Promise<void> {
  for (const suite of each) {
    if (interruption.signal.aborted) return;
    if (suite.apart !== undefined && !values.only) skipSuite(suite, suite.apart);
    else await runSuite(suite);
  }
}

if (!values.only && wanted.length === 0) await check();
const chosen = suites.filter(({ name }) => only.includes(name));
const isBeside = ({ beside }: Suite): boolean => beside === true;
await Promise.all([runSuites(chosen.filter(isBeside)), runSuites(chosen.filter((suite) => !isBeside(suite)))]);

if (tally.failures.length > 0) console.log(`\n=== failures\n\n${tally.failures.join('\n\n')}`);
if (interruption.signal.aborted) console.log('\ninterrupted');
console.log(`\n${summaryLine(tally)}`);
process.exitCode = tally.failed > 0 || interruption.signal.aborted ? 1 : 0;
