import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { SafetyLatch } from '../../../../../../src/core/safety-latch.ts';
import { EraseMethodError } from '../../../../../../src/storage/erase/method.ts';
import { createNvmeSanitize, nvmeSanitizeCrypto } from '../../../../../../src/storage/erase/methods/nvme/sanitize.ts';
import type { SanitizeAction } from '../../../../../../src/tools/nvme-sanitize.ts';
import { makeDisk } from '../../../../../support/make-block-device.ts';
import { NvmeBench, rejectsErase } from '../../../../../support/nvme-bench.ts';

const bench = NvmeBench.create;
suite('nvme sanitize', () => {
  test('erases, and gives what the log of the drive says as evidence', async () => {
    const erased: string[] = [];
    await using it = await bench({ erase: (what) => void erased.push(what) });
    const { tool, exitCode, bytes, badRanges, details } = await it.sanitize();
    assert.deepEqual(
      { tool, exitCode, bytes, badRanges },
      { tool: 'nvme sanitize', exitCode: 0, bytes: 0, badRanges: [] },
    );
    const { sanitizeStartedAt, ...rest } = details;
    assert.match(String(sanitizeStartedAt), /^\d{4}-.*Z$/);
    assert.deepEqual(rest, {
      action: 'crypto',
      state: 'completed',
      cdw10: 4,
      passes: 0,
      globalErased: true,
      seenUnderWay: true,
      estimateSeconds: 2,
      reattached: false,
      serial: 'IRONHAND-0001',
      deviceAtEnd: '/dev/nvme0n1',
    });
    assert.deepEqual(erased, ['crypto']);
  });

  for (const [action, args] of [
    ['crypto', ['--sanact=4']],
    ['block', ['--sanact=2']],
    ['overwrite', ['--sanact=3', '--owpass=1', '--ovrpat=0']],
  ] as const) {
    test(`tells the drive to ${action}, once`, async () => {
      await using it = await bench();
      await it.sanitize(action);
      assert.deepEqual(it.drive.commands, [['sanitize', '/dev/nvme0n1', ...args]]);
    });
  }

  test('asks the safety latch for every namespace that goes with it', async () => {
    await using it = await bench({ names: ['nvme0n1', 'nvme0n2', 'nvme0n3'] });
    const process = it.process();
    await nvmeMethod(it).run(it.erased, process.context);
    assert.deepEqual(process.permitted, ['/dev/nvme0n1', '/dev/nvme0n2', '/dev/nvme0n3']);
  });

  test('sends nothing where the latch forbids one of the namespaces', async () => {
    await using it = await bench({ names: ['nvme0n1', 'nvme0n2'] });
    const { context } = it.process();
    const forbidden = new Error('refused to touch /dev/nvme0n2');
    const latch: SafetyLatch = {
      ...context.latch,
      permit: (effect) => {
        if (effect.kind === 'device' && effect.device === '/dev/nvme0n2') throw forbidden;
      },
    };
    await assert.rejects(nvmeMethod(it).run(it.erased, { ...context, latch }), forbidden);
    assert.deepEqual(it.drive.commands, []);
  });

  test('reports progress in thousandths that never fall', async () => {
    await using it = await bench({ looks: 20 });
    const process = it.process();
    await nvmeMethod(it).run(it.erased, process.context);
    const done = process.reports.map((report) => report.done);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.ok(done.length >= 19 && (done.at(-1) ?? 0) >= 900, done.join(' '));
    assert.ok(process.reports.every(({ phase, total }) => phase === 'sanitize' && total === 1000));
  });

  test('counts a sanitize that ends before the first look, when the log changed', async () => {
    await using it = await bench({ looks: 0 });
    assert.equal((await it.sanitize()).details['seenUnderWay'], false);
  });
});

suite('a drive that does not sanitize', () => {
  test('is found out when it answers success and its log says that it never did', async () => {
    await using it = await bench({ faults: { doesNothing: true } });
    await rejectsErase(it.sanitize(), /took the command and did nothing/, /log: never/);
  });

  test('is found out when its log tells of the same sanitize of another day', async () => {
    await using it = await bench({ faults: { doesNothing: true } });
    Object.assign(it.drive.log, { state: 'completed', cdw10: 4, globalErased: 0 });
    await rejectsErase(it.sanitize(), /took the command and did nothing/, /log: completed, command 0x4/);
  });

  test('is found out when its log tells of another kind of sanitize', async () => {
    await using it = await bench({ faults: { doesNothing: true } });
    Object.assign(it.drive.log, { state: 'completed', cdw10: 2, globalErased: 1 });
    await rejectsErase(it.sanitize(), /took the command and did nothing/, /command 0x2/);
  });

  test('fails with what the log says when it fails half way', async () => {
    await using it = await bench({ faults: { sanitizeFails: true } });
    await rejectsErase(
      it.sanitize(),
      /\/dev\/nvme0n1: the sanitize failed in the drive/,
      /only another sanitize/,
      /log: failed/,
    );
    assert.equal(it.drive.commands.length, 1, 'nothing is tried again by itself');
  });

  test('may be told to sanitize again after one that failed', async () => {
    await using it = await bench();
    Object.assign(it.drive.log, { state: 'failed', cdw10: 4 });
    assert.equal((await it.sanitize()).details['state'], 'completed');
  });

  test('fails with the answer of the drive when it refuses', async () => {
    await using it = await bench({ faults: { refusal: { fixture: 'sanitize-crypto', times: 1 } } });
    await assert.rejects(it.sanitize(), (error) => {
      assert.ok(error instanceof EraseMethodError);
      assert.match(error.message, /Invalid Command Opcode/);
      assert.deepEqual([error.tool, error.exitCode], ['nvme sanitize', 1]);
      return true;
    });
  });

  test('fails when it makes no progress at all, and is left at work', async () => {
    await using it = (await bench({ faults: { noProgress: true }, limits: { stallSeconds: 0.2 } })).withoutEstimates();
    const texts = [/no progress for/, /at 0 %/, /gives no estimate/, /still be at work/];
    await rejectsErase(it.sanitize(), ...texts);
    assert.equal(it.drive.log.state, 'under-way');
  });

  test('fails when it goes on for ever', async () => {
    await using it = (await bench({ looks: 60_000, limits: { totalSeconds: 0.1 } })).withoutEstimates();
    await rejectsErase(it.sanitize(), /not ended after/);
  });

  test('has as much time as its own estimate asks for', async () => {
    await using it = await bench({ looks: 100, limits: { stallSeconds: 0.05, totalSeconds: 0.05 } });
    assert.equal((await it.sanitize()).details['estimateSeconds'], 2);
  });
});

suite('what is said of nvme sanitize', () => {
  test('is taken from SANICAP and from the estimates of the drive', async () => {
    await using it = await bench({ controller: { oacs: 0, fna: 0, sanicap: 2 } });
    const options = it.process().context.options;
    const supports = (action: SanitizeAction) => createNvmeSanitize(action).supports(it.disk);
    assert.deepEqual(supports('block'), { kind: 'supported', how: 'SANICAP bit 1 (block erase) is set' });
    assert.deepEqual(supports('crypto'), { kind: 'unsupported', why: 'SANICAP bit 0 (crypto erase) is not set' });
    assert.deepEqual(supports('overwrite').kind, 'unsupported');
    assert.equal(createNvmeSanitize('block').estimate(it.disk, options), 30);
    assert.equal(createNvmeSanitize('overwrite').estimate(it.disk, options), 450, 'the drive speaks of 16 passes');
  });

  test('is purge, and goes over all namespaces of the subsystem', async () => {
    await using it = await bench({ names: ['nvme0n1', 'nvme0n2'] });
    assert.equal(nvmeSanitizeCrypto.sanitization(it.disk), 'purge');
    assert.deepEqual(nvmeSanitizeCrypto.reach(it.disk), ['/dev/nvme0n1', '/dev/nvme0n2']);
    assert.deepEqual([nvmeSanitizeCrypto.replay, nvmeSanitizeCrypto.cancellable], ['reattach', false]);
  });

  test('is nothing for another disk', () => {
    const disk = {
      device: makeDisk('/dev/sda'),
      partitions: [],
      probe: { kind: 'plain', zerosAfterDiscard: true },
    } as const;
    assert.deepEqual(nvmeSanitizeCrypto.supports(disk), { kind: 'unsupported', why: 'it is no NVMe drive' });
  });
});

suite('the check after a sanitize', () => {
  test('passes while the log tells of this sanitize', async () => {
    await using it = await bench();
    const evidence = await it.sanitize();
    const checks = await nvmeMethod(it).verify(it.erased, evidence, it.process().context);
    const detail = 'the log says: completed, command 0x4, 0 passes, global data erased true';
    assert.deepEqual(checks, [{ name: 'sanitize-log', passed: true, detail }]);
  });

  for (const [what, log] of [
    ['of another one', { cdw10: 2 }],
    ['that it failed', { state: 'failed' }],
    ['that one is under way', { state: 'under-way' }],
    ['that there was none', { state: 'never' }],
  ] as const) {
    test(`fails when the log tells ${what}`, async () => {
      await using it = await bench();
      const evidence = await it.sanitize();
      it.drive.faults = { noProgress: true };
      Object.assign(it.drive.log, log);
      const [check] = await nvmeMethod(it).verify(it.erased, evidence, it.process().context);
      assert.equal(check?.passed, false);
    });
  }

  test('fails when the drive does not answer', async () => {
    await using it = await bench();
    const evidence = await it.sanitize();
    it.drive.faults = { away: { afterLooks: 0, looks: Number.POSITIVE_INFINITY } };
    const [check] = await nvmeMethod(it).verify(it.erased, evidence, it.process().context);
    assert.equal(check?.passed, false);
    assert.match(check?.detail ?? '', /cannot be read/);
  });
});

function nvmeMethod(it: NvmeBench) {
  return createNvmeSanitize('crypto', it.limits);
}
