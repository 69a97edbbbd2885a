import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { agentProcessesAt } from './agent-processes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('a program that a worker is starting at this moment is not taken for the worker', async () => {
  using state = temporaryDirectory();
  // A subshell is a fork that calls no execve: it stays what a program is for a moment.
  const script = 'exec 3<&0; (read -u 3 end) & echo started; wait; : "$@"';
  const worker = spawn('bash', ['-c', script, 'worker', '--group', 'storage', state.path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await once(worker.stdout, 'data');
    assert.deepEqual(agentProcessesAt(state.path), { 'worker-storage': worker.pid });
  } finally {
    worker.stdin.end('\n');
    await once(worker, 'exit');
  }
});
