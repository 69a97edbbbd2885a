import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { endOfGroup, killGroup } from '../../../src/tools/process-group.ts';

/** A group whose leader has ended and whose other member sleeps on. */
async function startOrphan(seconds: number): Promise<number> {
  const leader = spawn('sh', ['-c', `sleep ${seconds} &`], { detached: true, stdio: 'ignore' });
  await once(leader, 'exit');
  assert.ok(leader.pid);
  return leader.pid;
}

test('waits for the last member, not only for the leader', async () => {
  const group = await startOrphan(0.5);
  const started = performance.now();
  await endOfGroup(group);
  assert.ok(performance.now() - started > 300);
});

test('kills members that outlived their leader', async () => {
  const group = await startOrphan(60);
  const started = performance.now();
  killGroup(group);
  await endOfGroup(group);
  assert.ok(performance.now() - started < 5000);
});

test('a group that has ended is no error', async () => {
  const group = await startOrphan(0);
  await endOfGroup(group);
  killGroup(group);
  killGroup(undefined);
});
