import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ProbedDisk } from '../../../../../../src/storage/erase/disk-probe.ts';
import type { EraseMethod, MethodEvidence } from '../../../../../../src/storage/erase/method.ts';
import {
  createNvmeFormat,
  nvmeFormatCrypto,
  nvmeFormatUserData,
} from '../../../../../../src/storage/erase/methods/nvme/format.ts';
import { makeDisk } from '../../../../../support/make-block-device.ts';
import { NvmeBench, type ProcessOptions, rejectsErase } from '../../../../../support/nvme-bench.ts';

const bench = NvmeBench.create;

function userData(it: NvmeBench): EraseMethod {
  return createNvmeFormat('user-data', it.limits);
}

function format(it: NvmeBench, options?: ProcessOptions): Promise<MethodEvidence> {
  return userData(it).run(it.erased, it.process(options).context);
}

suite('nvme format', () => {
  for (const [erase, dword10] of [
    ['user-data', '0x200'],
    ['crypto', '0x400'],
  ] as const) {
    test(`erases (${erase}), with the secure erase that was asked for and a long time limit`, async () => {
      const erased: string[] = [];
      await using it = await bench({ erase: (what) => void erased.push(what) });
      const method = createNvmeFormat(erase, { ...it.limits, formatSeconds: 86_400 });
      const { tool, exitCode, details } = await method.run(it.erased, it.process().context);
      assert.deepEqual(it.drive.commands, [
        [
          'admin-passthru',
          '/dev/nvme0n1',
          '--opcode=0x80',
          '--namespace-id=1',
          `--cdw10=${dword10}`,
          '--timeout=86400000',
        ],
      ]);
      assert.deepEqual(erased, [erase]);
      assert.deepEqual([tool, exitCode], ['nvme admin-passthru (Format NVM)', 0]);
      assert.deepEqual(details, {
        secureErase: erase,
        namespaceId: 1,
        lbaFormat: 0,
        blocks: 131_072,
        serial: 'IRONHAND-0001',
        deviceAtEnd: '/dev/nvme0n1',
      });
    });
  }

  test('keeps the block format, and protection information where the namespace has it', async () => {
    await using it = await bench({ namespace: { flbas: 0x11, dps: 0x9 }, controller: { oacs: 2, fna: 0, sanicap: 0 } });
    await format(it);
    assert.equal(it.drive.commands[0]?.[4], '--cdw10=0x331');
  });

  test('goes over all namespaces where the drive formats no single one, and asks the latch for each', async () => {
    await using it = await bench({ names: ['nvme0n1', 'nvme0n2'], controller: { oacs: 2, fna: 1, sanicap: 0 } });
    const process = it.process();
    await userData(it).run(it.erased, process.context);
    assert.equal(it.drive.commands[0]?.[3], '--namespace-id=4294967295');
    assert.deepEqual(process.permitted, ['/dev/nvme0n1', '/dev/nvme0n2']);
  });

  test('names the namespace where the drive does not know the number of all', async () => {
    await using it = await bench({ names: ['nvme0n1', 'nvme0n2'], controller: { oacs: 2, fna: 9, sanicap: 0 } });
    await format(it);
    assert.equal(it.drive.commands[0]?.[3], '--namespace-id=1');
  });

  test('tells how far the drive is where the drive tells it', async () => {
    await using it = await bench({ looks: 30 });
    const process = it.process();
    await userData(it).run(it.erased, process.context);
    const shares = process.reports.filter(({ phase }) => phase === 'format').map(({ done }) => done);
    assert.ok(shares.length > 3, shares.join(' '));
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => a - b),
    );
  });

  test('fails with the answer of the drive when it refuses', async () => {
    await using it = await bench({ faults: { refusal: { fixture: 'format-bad-lbaf', times: 1 } } });
    await rejectsErase(format(it), /Invalid Format/, /admin-passthru \/dev\/nvme0n1/);
    assert.deepEqual(it.drive.commands, []);
  });

  test('fails when the drive does not answer any more', async () => {
    await using it = await bench({
      limits: { awaySeconds: 0.2 },
      faults: { away: { afterLooks: 0, looks: Number.POSITIVE_INFINITY } },
    });
    await rejectsErase(format(it), /drive vanished/);
  });
});

suite('a format that another process began', () => {
  test('is waited for by the percentage that the drive tells, then the namespace is formatted', async () => {
    await using it = await bench({ looks: 10 });
    it.drive.formatLooksLeft = 10;
    const process = it.process();
    await userData(it).run(it.erased, process.context);
    assert.equal(it.drive.commands.length, 1);
    assert.equal(process.reports[0]?.phase, 'wait for a format');
  });

  test('is waited for by asking again where the drive tells no percentage', async () => {
    await using it = await bench({
      tellsFormat: false,
      faults: { refusal: { fixture: 'shim-format-busy', times: 4 } },
    });
    await format(it);
    assert.equal(it.drive.commands.length, 1);
  });

  test('is given up when it does not end', async () => {
    await using it = await bench({ limits: { formatSeconds: 0.1 } });
    it.drive.formatLooksLeft = 1_000_000;
    await rejectsErase(format(it), /a format is under way with \d+ % left, and does not end/);
    assert.deepEqual(it.drive.commands, []);
  });

  test('is given up when the drive refuses for ever', async () => {
    const refusal = { fixture: 'shim-format-busy', times: Number.POSITIVE_INFINITY };
    await using it = await bench({ faults: { refusal }, limits: { formatSeconds: 0.1 } });
    await rejectsErase(format(it), /Format In Progress/);
  });

  test('is left to the next process when the worker stops', async () => {
    await using it = await bench({ looks: 1000 });
    it.drive.formatLooksLeft = 1000;
    const controller = new AbortController();
    const run = format(it, { signal: controller.signal });
    controller.abort(new Error('the worker stops'));
    await assert.rejects(run, /the worker stops/);
    assert.deepEqual(it.drive.commands, []);
  });
});

suite('what is said of nvme format', () => {
  test('is taken from OACS and FNA', async () => {
    await using plain = await bench({ controller: { oacs: 2, fna: 0, sanicap: 0 } });
    assert.equal(nvmeFormatUserData.supports(plain.disk).kind, 'supported');
    const why = 'FNA bit 2 (crypto erase) is not set';
    assert.deepEqual(nvmeFormatCrypto.supports(plain.disk), { kind: 'unsupported', why });
    await using crypto = await bench({ controller: { oacs: 2, fna: 4, sanicap: 0 } });
    assert.equal(nvmeFormatCrypto.supports(crypto.disk).kind, 'supported');
    await using none = await bench({ controller: { oacs: 0, fna: 4, sanicap: 0 } });
    for (const method of [nvmeFormatCrypto, nvmeFormatUserData]) {
      assert.deepEqual(method.supports(none.disk), { kind: 'unsupported', why: 'OACS bit 1 (Format NVM) is not set' });
    }
  });

  test('is purge only for a crypto erase', async () => {
    await using it = await bench();
    assert.deepEqual(
      [nvmeFormatCrypto, nvmeFormatUserData].map((method) => method.sanitization(it.disk)),
      ['purge', 'clear'],
    );
  });

  for (const fna of [0, 1, 2, 3]) {
    test(`is that it reaches ${fna === 0 ? 'one namespace' : 'all namespaces'} when FNA is ${fna}`, async () => {
      const names = ['nvme0n1', 'nvme0n2'];
      await using it = await bench({ names, controller: { oacs: 2, fna, sanicap: 0 } });
      const all = names.map((name) => `/dev/${name}`);
      assert.deepEqual(nvmeFormatUserData.reach(it.disk), fna === 0 ? ['/dev/nvme0n1'] : all);
    });
  }

  test('is nothing for another disk', () => {
    const disk: ProbedDisk = {
      device: makeDisk('/dev/sda'),
      partitions: [],
      probe: { kind: 'plain', zerosAfterDiscard: true },
    };
    assert.deepEqual(nvmeFormatCrypto.supports(disk), { kind: 'unsupported', why: 'it is no NVMe drive' });
    assert.deepEqual(nvmeFormatCrypto.reach(disk), ['/dev/sda']);
  });
});

suite('the check after a format', () => {
  test('passes where the namespace is as it was', async () => {
    await using it = await bench();
    const checks = await userData(it).verify(it.erased, await format(it), it.process().context);
    const detail = '131072 blocks of 512 bytes in format 0, 0 % left to format';
    assert.deepEqual(checks, [{ name: 'namespace', passed: true, detail }]);
  });

  test('says nothing of the content, which the specification does not promise', async () => {
    await using it = await bench({ namespace: { dlfeat: 1 } });
    const checks = await userData(it).verify(it.erased, await format(it), it.process().context);
    assert.deepEqual(
      checks.map(({ name }) => name),
      ['namespace'],
    );
  });

  test('fails where the namespace has another size than the disk', async () => {
    await using it = await bench();
    const target = { ...it.target, sizeBytes: it.target.sizeBytes - 512 };
    const [check] = await userData(it).verify({ disk: it.disk, target }, await format(it), it.process().context);
    assert.equal(check?.passed, false);
  });

  test('fails while the drive still formats', async () => {
    await using it = await bench();
    const evidence = await format(it);
    it.drive.formatLooksLeft = 3;
    const [check] = await userData(it).verify(it.erased, evidence, it.process().context);
    assert.equal(check?.passed, false);
  });
});
