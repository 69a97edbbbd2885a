import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { JobCancelled } from '../../../../../../src/core/job-cancelled.ts';
import { createNvmeSanitize } from '../../../../../../src/storage/erase/methods/nvme/sanitize.ts';
import { NvmeBench, type ProcessOptions, rejectsErase } from '../../../../../support/nvme-bench.ts';
import { until } from '../../../../../support/until.ts';

const bench = NvmeBench.create;
const impatient = { awaySeconds: 0.2 };
const begun = { withinMs: 10_000, everyMs: 1, what: 'the sanitize' };
const died = new Error('the process died');

/** A process that dies when it is about to send a sanitize, or just after. */
const dies = (when: 'onCall' | 'afterCall'): ProcessOptions => ({
  [when]: ({ args }: { readonly args: readonly string[] }) => {
    if (args[0] === 'sanitize' && args[1] !== '--help') throw died;
  },
});

suite('a drive that goes away while it sanitizes', () => {
  test('is waited for through a reset', async () => {
    await using it = await bench({ looks: 6, faults: { away: { afterLooks: 3, looks: 5 } } });
    assert.equal((await it.sanitize()).details['state'], 'completed');
    assert.equal(it.drive.commands.length, 1);
  });

  test('may count anew after a reset, and the progress does not fall', async () => {
    await using it = await bench({ looks: 10 });
    let looks = 0;
    const { context, reports } = it.process({
      afterCall: ({ args }) => {
        if (args[0] === 'sanitize-log' && ++looks === 8) it.drive.beginSanitize(4);
      },
    });
    await createNvmeSanitize('crypto', it.limits).run(it.erased, context);
    const done = reports.map((report) => report.done);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.ok(done.length > 12, done.join(' '));
  });

  test('is found again by its serial number under another name', async () => {
    await using it = await bench({ looks: 6, faults: { away: { afterLooks: 3, looks: 5, newName: 'nvme7n1' } } });
    assert.equal((await it.sanitize()).details['deviceAtEnd'], '/dev/nvme7n1');
    assert.equal(it.drive.commands.length, 1);
  });

  test('is not mixed up with another drive that takes its name', async () => {
    await using it = await bench({ looks: 6, limits: impatient });
    let asked = 0;
    const swap = (): void => {
      asked += 1;
      if (asked !== 5) return;
      it.sysfs.remove('nvme0n1');
      it.sysfs.remove('nvme0n1p1');
      it.sysfs.add({ serial: 'ANOTHER', namespaces: ['nvme0n1'] });
    };
    await rejectsErase(it.sanitize('crypto', { afterCall: swap }), /drive vanished/, /serial number IRONHAND-0001/);
  });

  test('is given up when it stays away', async () => {
    await using it = await bench({
      looks: 6,
      limits: impatient,
      faults: { away: { afterLooks: 3, looks: Number.POSITIVE_INFINITY } },
    });
    await rejectsErase(it.sanitize(), /drive vanished/, /did not answer for 0.2 s/, /Input\/output error/);
  });

  test('is believed by its log when the answer to the command got lost', async () => {
    await using it = await bench({ faults: { losesAnswer: true } });
    const { exitCode, details } = await it.sanitize();
    assert.deepEqual([exitCode, details['state']], [1, 'completed']);
    assert.equal(it.drive.commands.length, 1);
  });
});

suite('a sanitize that outlives its process', () => {
  test('is begun by the next one when the first died before the command went out', async () => {
    await using it = await bench();
    await assert.rejects(it.sanitize('crypto', dies('onCall')), died);
    assert.deepEqual(it.drive.commands, []);
    assert.ok(it.record.read(), 'the intent is on record');
    assert.equal((await it.sanitize()).details['reattached'], false);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is found again, not begun twice, when the first died just after the command', async () => {
    await using it = await bench();
    await assert.rejects(it.sanitize('crypto', dies('afterCall')), died);
    assert.equal(it.drive.commands.length, 1);
    assert.equal((await it.sanitize()).details['reattached'], true);
    assert.equal(it.drive.commands.length, 1);
  });

  test('counts when it ended while nobody looked', async () => {
    await using it = await bench();
    await assert.rejects(it.sanitize('crypto', dies('afterCall')), died);
    Object.assign(it.drive.log, { state: 'completed', globalErased: 1, progress: 65535 });
    assert.equal((await it.sanitize()).details['reattached'], true);
    assert.equal(it.drive.commands.length, 1);
  });

  test('counts as failed when it failed while nobody looked', async () => {
    await using it = await bench();
    await assert.rejects(it.sanitize('crypto', dies('afterCall')), died);
    Object.assign(it.drive.log, { state: 'failed', progress: 65535 });
    await rejectsErase(it.sanitize(), /the sanitize failed in the drive/);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is not taken from another one that was under way, which is waited for', async () => {
    await using it = await bench();
    it.drive.beginSanitize(2);
    const process = it.process();
    assert.equal((await createNvmeSanitize('crypto', it.limits).run(it.erased, process.context)).details['cdw10'], 4);
    assert.deepEqual(it.drive.commands, [['sanitize', '/dev/nvme0n1', '--sanact=4']]);
    assert.equal(process.reports[0]?.phase, 'wait for another sanitize');
  });

  test('of the same kind that nobody put on record is waited for too', async () => {
    await using it = await bench();
    it.drive.beginSanitize(4);
    await it.sanitize();
    assert.equal(it.drive.commands.length, 1);
  });

  test('of somebody who was quicker is waited for, then ours begins', async () => {
    await using it = await bench();
    const once = { done: false };
    const quicker: ProcessOptions = {
      onCall: ({ args }) => {
        if (args[0] !== 'sanitize' || args[1] === '--help' || once.done) return;
        once.done = true;
        it.drive.beginSanitize(4);
      },
    };
    assert.equal((await it.sanitize('crypto', quicker)).details['reattached'], false);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is lost when another sanitize takes its place', async () => {
    await using it = await bench({ looks: 10 });
    let looks = 0;
    const other: ProcessOptions = {
      afterCall: ({ args }) => {
        if (args[0] === 'sanitize-log' && ++looks === 4) it.drive.beginSanitize(2);
      },
    };
    await rejectsErase(it.sanitize('crypto', other), /another sanitize took the place of ours/);
  });

  test('of somebody who was quicker is not taken for ours by a process that finds its record', async () => {
    await using it = await bench();
    let isTaken = false;
    const quicker: ProcessOptions = {
      onCall: ({ args }) => {
        if (isTaken && args[0] === 'sanitize-log') throw died;
        if (args[0] !== 'sanitize' || args[1] === '--help') return;
        isTaken = true;
        it.drive.beginSanitize(4);
      },
    };
    await assert.rejects(it.sanitize('crypto', quicker), died);
    assert.equal((await it.sanitize()).details['reattached'], false);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is not begun again when the drive took the command and shows no trace of it', async () => {
    await using it = await bench({ faults: { doesNothing: true } });
    let isSent = false;
    const process: ProcessOptions = {
      onCall: ({ args }) => {
        if (isSent && args[0] === 'sanitize-log') throw died;
        isSent ||= args[0] === 'sanitize' && args[1] !== '--help';
      },
    };
    await assert.rejects(it.sanitize('crypto', process), died);
    await rejectsErase(it.sanitize(), /took the command and did nothing/);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is begun once by two processes that share the record', async () => {
    await using it = await bench({ looks: 200 });
    const first = it.sanitize();
    await until(() => it.drive.commands.length > 0, begun);
    const second = it.sanitize();
    const [a, b] = await Promise.all([first, second]);
    assert.deepEqual([a.details['state'], b.details['state']], ['completed', 'completed']);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is refused with a record that cannot be read', async () => {
    await using it = await bench();
    it.record.save({ kind: 'something else' });
    await assert.rejects(it.sanitize(), /record of an interrupted sanitize cannot be read/);
    assert.deepEqual(it.drive.commands, []);
  });
});

suite('the signal of a job that sanitizes', () => {
  test('ends the wait when the worker stops, and the next process goes on with it', async () => {
    await using it = await bench({ looks: 200 });
    const controller = new AbortController();
    const stopping = new Error('the worker stops');
    const run = it.sanitize('crypto', { signal: controller.signal });
    await until(() => it.drive.log.state === 'under-way' && it.drive.log.progress > 0, begun);
    controller.abort(stopping);
    await assert.rejects(run, stopping);
    assert.equal(it.drive.log.state, 'under-way');
    assert.equal((await it.sanitize()).details['reattached'], true);
    assert.equal(it.drive.commands.length, 1);
  });

  test('changes nothing when an operator cancels', async () => {
    await using it = await bench({ looks: 200 });
    const controller = new AbortController();
    const run = it.sanitize('crypto', { signal: controller.signal });
    await until(() => it.drive.log.state === 'under-way', begun);
    controller.abort(new JobCancelled());
    assert.equal((await run).details['state'], 'completed');
  });

  test('keeps the command back when the worker stops before it', async () => {
    await using it = await bench();
    const controller = new AbortController();
    controller.abort(new Error('the worker stops'));
    await assert.rejects(it.sanitize('crypto', { signal: controller.signal }), /the worker stops/);
    assert.deepEqual(it.drive.commands, []);
  });
});
