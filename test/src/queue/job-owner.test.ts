import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isAlive, type JobOwner, JobOwners, thisProcess } from '../../../src/queue/job-owner.ts';
import { startPrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/until.ts';

/** Field 22 of /proc/PID/stat for a program without blanks in its name. */
function startTime(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? '';
}

function ownerOf(child: ChildProcess): JobOwner {
  const pid = child.pid ?? 0;
  return { pid, startTime: startTime(pid), pidNamespace: thisProcess().pidNamespace };
}

function stateOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] ?? '';
}

describe('the process that runs a job', () => {
  it('is this one, by the pid, the time it started and its pid namespace', () => {
    const self = thisProcess();
    assert.equal(self.pid, process.pid);
    assert.equal(self.startTime, startTime(process.pid));
    assert.match(self.pidNamespace, /^pid:\[\d+\]$/);
    assert.equal(isAlive(self), true);
  });

  it('is alive until it ends', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const owner = ownerOf(child);
    assert.equal(isAlive(owner), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isAlive(owner), false);
  });

  it('is dead when its parent has not yet noticed its death', async () => {
    // The pid is told by a program that knows of no child: a shell could still reap it.
    const script = "sleep 60 & exec perl -e '$| = 1; print shift; sleep 60' $!";
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    const owner = { ...thisProcess(), pid, startTime: startTime(pid) };
    assert.equal(isAlive(owner), true);
    process.kill(pid, 'SIGKILL');
    await until(() => stateOf(pid) === 'Z', { withinMs: 20_000, what: 'a zombie' });
    assert.equal(isAlive(owner), false);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });

  it('is not a later one with the same pid', () => {
    assert.equal(isAlive({ ...thisProcess(), startTime: '1' }), false);
    assert.equal(isAlive({ ...thisProcess(), startTime: 'zombie' }), false);
  });

  it('counts as dead when it ran in another pid namespace, where pids say nothing', () => {
    assert.equal(isAlive({ ...thisProcess(), pidNamespace: 'pid:[1]' }), false);
  });

  it('is recognized whatever the name of its program', async () => {
    const child = spawn('perl', ['-e', '$0 = "a) R 1 (b 9 9 9"; $| = 1; print "x"; sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    assert.match(stat, /\(a\) R 1 \(b 9 9 9\)/);
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    assert.equal(isAlive({ ...thisProcess(), pid, startTime: started }), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});

describe('the record of job owners', () => {
  it('names the process that claimed a job last and counts the claims, also after kill -9 of Redis', async () => {
    await using redis = await startPrivateRedis();
    const owners = new JobOwners(redis.client(), redis.keys);
    assert.equal(await owners.of('a'), null);
    await owners.claimFirst('a', { ...thisProcess(), pid: 1 });
    await owners.claimAfter(await owners.of('a'), 'a', thisProcess());
    await redis.kill();
    await redis.start();
    assert.deepEqual(await owners.of('a'), { ...thisProcess(), starts: 2 });
    assert.equal(await owners.of('b'), null);
  });

  it('lets one process alone be the first', async () => {
    await using redis = await startPrivateRedis();
    const owners = new JobOwners(redis.client(), redis.keys);
    const others = Array.from({ length: 5 }, (_, index) => ({ ...thisProcess(), pid: index + 1 }));
    const claims = await Promise.all(others.map((owner) => owners.claimFirst('a', owner)));
    assert.deepEqual(claims.filter(Boolean), [true]);
    assert.deepEqual(await owners.of('a'), { ...others[claims.indexOf(true)], starts: 1 });
  });
});
