import { readFileSync } from 'node:fs';
import { gatherLogs } from '../../src/log/gather-logs.ts';
import type { StartProgram } from '../../src/log/program-source.ts';
import { startTool } from '../../src/tools/start.ts';
import { createStorageHost } from './storage-host.ts';

/**
 * Gathers logs on a machine whose journal has so many MiB (argument 1), the spool in argument 2; tells how long the answer is and by
 * how much its memory grew at most, in bytes.
 */
const [, , mebibytes = '200', spoolDir = '/nowhere'] = process.argv;
const host = createStorageHost([]);
const line = 'Nov 22 20:00:00 host kernel: sd 0:0:0:$i: [sda] 2097152 512-byte logical blocks: (1.07 GB/1.00 GiB)';
const secret = 'Nov 22 20:00:00 host ironhand[1]: GET http://127.0.0.1/?agent_token=sesame took $i ms';
const journal = `i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo "${line}"; [ $((i%20)) = 0 ] && echo "${secret}"; done`;
const flood = `text=$(${journal}); yes "$text" | head -c ${mebibytes}M`;
const start: StartProgram = (call) =>
  startTool(call.program === 'journalctl' ? { ...call, program: 'sh', args: ['-c', flood] } : call, host);

function peakBytes(): number {
  const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

const before = peakBytes();
let answerBytes = 0;
await gatherLogs(
  {
    start,
    run: host.run,
    commands: { all: async () => [], log: async () => [] },
    signed: [],
    spoolDir,
    seconds: { programs: 25, all: 45 },
    limitBytes: 64 * 1024 * 1024,
  },
  (text) => {
    answerBytes += text.length;
  },
);
process.stdout.write(JSON.stringify({ answerBytes, grownBytes: peakBytes() - before, before, ms: performance.now() }));
