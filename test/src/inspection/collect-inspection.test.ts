import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectionLimitSeconds } from '../../../src/inspection/chosen-collectors.ts';
import { collectInspection } from '../../../src/inspection/collect-inspection.ts';
import type { Collector } from '../../../src/inspection/collector.ts';
import { createJobContext } from '../../support/job-context.ts';

const catalogue = (...collectors: readonly Partial<Collector>[]): ReadonlyMap<string, Collector> =>
  new Map(
    collectors.map(({ name = 'default', limitSeconds = () => 5, collect = async () => ({}) }) => [
      name,
      { name, limitSeconds, collect },
    ]),
  );

const contextFor = (inspectionCollectors: readonly string[], signal?: AbortSignal) =>
  createJobContext({ devices: [], config: { inspectionCollectors }, ...(signal ? { signal } : {}) });

describe('collectInspection', () => {
  it('puts together what the collectors found, without an error', async () => {
    const found = catalogue(
      { name: 'default', collect: async () => ({ inventory: { disks: [] }, boot_interface: null }) },
      { name: 'logs', collect: async () => ({ logs: 'H4sI' }) },
      { name: 'pci-devices', collect: () => assert.fail('nobody asked for it') },
    );
    assert.deepEqual(await collectInspection(contextFor([]), found), {
      inventory: { disks: [] },
      boot_interface: null,
      logs: 'H4sI',
      error: null,
    });
  });

  it('has what the others found when one fails, one hangs and one does not exist; each is named in the error', async () => {
    const found = catalogue(
      { name: 'default', collect: async () => ({ inventory: {} }) },
      { name: 'lldp', collect: async () => Promise.reject(new Error('eth0: exit code 1')) },
      { name: 'logs', limitSeconds: () => 0.05, collect: () => new Promise(() => undefined) },
    );
    const context = contextFor(['lldp', 'default', 'logs', 'nothing', 'lldp']);
    const { error, ...rest } = await collectInspection(context, found);
    assert.deepEqual(rest, { inventory: {} });
    assert.equal(
      error,
      [
        'The following errors were encountered:',
        '* collector lldp failed: eth0: exit code 1',
        '* collector logs failed: not done within 0.05 s',
        '* collector nothing failed: no such collector; expected one of default, lldp, logs',
      ].join('\n'),
    );
  });

  it('ends the programs of a collector whose time is up', async () => {
    const found = catalogue({
      limitSeconds: () => 0.3,
      collect: async ({ run }) => ({ ...(await run({ program: 'sleep', args: ['30'], effect: { kind: 'read' } })) }),
    });
    const context = contextFor(['default']);
    const started = performance.now();
    const { error } = await collectInspection(context, found);
    assert.match(error ?? '', /not done within 0.3 s/);
    while (!context.entries.some(({ program }) => program === 'sleep'))
      await new Promise((done) => setTimeout(done, 10));
    assert.ok(performance.now() - started < 20_000);
  });

  it('runs them side by side', async () => {
    const met = Promise.withResolvers<object>();
    const meet = async () => {
      met.resolve({ met: true });
      return {};
    };
    const found = catalogue(
      { name: 'default', collect: async () => ({ ...(await met.promise) }) },
      { name: 'logs', collect: meet },
    );
    assert.deepEqual(await collectInspection(contextFor([]), found), { met: true, error: null });
  });

  it('masks secrets in the error', async () => {
    const found = catalogue({ collect: async () => Promise.reject(new Error('http://admin:hunter2@host/ refused')) });
    assert.doesNotMatch((await collectInspection(contextFor(['default']), found)).error ?? '', /hunter2/);
  });

  it('is no inspection where the job itself was aborted', async () => {
    const stop = new AbortController();
    const found = catalogue({ collect: () => new Promise(() => undefined) });
    const collected = collectInspection(contextFor(['default'], stop.signal), found);
    stop.abort(new Error('the worker is stopped'));
    await assert.rejects(collected, /the worker is stopped/);
    await assert.rejects(collectInspection(contextFor(['default'], stop.signal), found), /the worker is stopped/);
  });
});

describe('inspectionLimitSeconds', () => {
  it('is that of the slowest collector that was chosen', () => {
    const found = catalogue(
      { limitSeconds: () => 20 },
      { name: 'logs', limitSeconds: () => 60 },
      { name: 'lldp', limitSeconds: () => 90 },
    );
    assert.equal(inspectionLimitSeconds(contextFor([]).config, found), 60);
    assert.equal(inspectionLimitSeconds(contextFor(['default', 'nothing']).config, found), 20);
  });
});
