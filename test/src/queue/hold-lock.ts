import { exclusively } from '../../../src/queue/exclusive.ts';

/** Takes the lock that its arguments name, says so, keeps it for so many milliseconds, and says whether it came to the end. */
const [lockFile = '', milliseconds = '0'] = process.argv.slice(2);
exclusively(lockFile, () => {
  process.send?.('held');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(milliseconds));
});
