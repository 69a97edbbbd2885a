import { describeCheck, runChecks } from './check-stages.ts';

const results = await runChecks((result) => console.log(describeCheck(result)));
const failed = results.filter((result) => !result.passed);
console.log(`check: ${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
