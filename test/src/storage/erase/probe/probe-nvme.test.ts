import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../../../src/errors/tool-error.ts';
import {
  findNvmeController,
  findNvmeNamespace,
  listNvmeNamespaces,
  readNvmeIdentity,
} from '../../../../../src/storage/erase/probe/nvme-sysfs.ts';
import { probeNvme } from '../../../../../src/storage/erase/probe/probe-nvme.ts';
import { capturedOutput } from '../../../../support/captured-output.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';
import { NvmeBench } from '../../../../support/nvme-bench.ts';
import { NvmeSysfs } from '../../../../support/nvme-sysfs.ts';

const disk = makeDisk('/dev/nvme0n1');

suite('probe of an NVMe drive', () => {
  test('tells what the drive says of itself', async () => {
    await using it = await NvmeBench.create({ names: ['nvme0n1', 'nvme0n2'] });
    assert.deepEqual(it.disk.probe, {
      kind: 'nvme',
      controller: '/dev/nvme0',
      namespaces: ['/dev/nvme0n1', '/dev/nvme0n2'],
      otherNamespaces: [],
      namespaceDoubt: null,
      sanitize: { crypto: true, block: true, overwrite: true },
      sanitizeSeconds: { crypto: 2, block: 30, overwrite: 450 },
      format: { supported: true, crypto: true, allNamespaces: false, lbaFormat: 0 },
      zerosAfterDiscard: true,
    });
  });

  test("of QEMU's drive, as captured, finds a format of user data and nothing else", async () => {
    await using sysfs = await NvmeSysfs.create();
    sysfs.add({ serial: 'NVME0001', namespaces: ['nvme0n1'] });
    const asked: string[] = [];
    const run = async ({ args }: { readonly args: readonly string[] }) => {
      asked.push(args[0] ?? '');
      return {
        stdout: capturedOutput('nvme', args.includes('--all') ? 'list-ns-all' : (args[0] ?? '')).text,
        stderr: '',
        exitCode: 0,
      };
    };
    const { sanitize, format, sanitizeSeconds, ...rest } = await probeNvme(disk, { run }, { sysfs: sysfs.root });
    assert.deepEqual(sanitize, { crypto: false, block: false, overwrite: false });
    assert.deepEqual(sanitizeSeconds, { crypto: null, block: null, overwrite: null });
    assert.deepEqual(format, { supported: true, crypto: false, allNamespaces: false, lbaFormat: 0 });
    assert.deepEqual([rest.otherNamespaces, rest.namespaceDoubt], [[], null]);
    assert.deepEqual(asked, ['id-ctrl', 'id-ns', 'list-ns', 'list-ns'], 'a drive without sanitize has no log of it');
  });

  test('tells of the namespaces that the drive has and the kernel does not list', async () => {
    await using it = await NvmeBench.create({ controller: { oacs: 10, fna: 0, sanicap: 0 }, allocated: [1, 2, 5] });
    assert.deepEqual(it.disk.probe.kind === 'nvme' && it.disk.probe.otherNamespaces, [2, 5]);
  });

  for (const [what, fixture] of [
    ['does not answer', 'shim-no-answer'],
    ['refuses the sanitize log that it should have', 'sanitize-log'],
  ] as const) {
    test(`fails for a drive that ${what}`, async () => {
      await using it = await NvmeBench.create();
      const { stderr, exitCode } = capturedOutput('nvme', fixture);
      const run: typeof it.drive.run = async (call) => {
        if (fixture === 'sanitize-log' && call.args[0] !== 'sanitize-log') return it.drive.run(call);
        throw new ToolError(call, { exitCode, why: 'exit code 1', stderrTail: stderr });
      };
      await assert.rejects(probeNvme(disk, { run }, { sysfs: it.sysfs.root }), ToolError);
    });
  }

  test('fails for an answer that it does not understand', async () => {
    await using it = await NvmeBench.create();
    const run: typeof it.drive.run = async (call) => {
      const answer = await it.drive.run(call);
      return { ...answer, stdout: answer.stdout.replace('"fna"', '"anf"') };
    };
    await assert.rejects(probeNvme(disk, { run }, { sysfs: it.sysfs.root }), /nvme id-ctrl gave no fna/);
  });

  test('fails for a device that the kernel does not know as NVMe', async () => {
    await using it = await NvmeBench.create();
    await assert.rejects(probeNvme(makeDisk('/dev/nvme9n1'), it.drive, { sysfs: it.sysfs.root }), /ENOENT/);
  });
});

suite('NVMe namespaces in sysfs', () => {
  for (const multipath of [false, true]) {
    const how = multipath ? 'with native multipath' : 'without multipath';
    test(`are those of the own subsystem, no partitions and no hidden paths, ${how}`, async () => {
      await using sysfs = await NvmeSysfs.create();
      sysfs.add({ serial: 'A', namespaces: ['nvme0n1', 'nvme0n2', 'nvme0n10'], multipath });
      sysfs.add({ serial: 'B', namespaces: ['nvme1n1'], multipath });
      const own = ['/dev/nvme0n1', '/dev/nvme0n2', '/dev/nvme0n10'];
      assert.deepEqual(listNvmeNamespaces('/dev/nvme0n2', sysfs.root), own);
      assert.deepEqual(listNvmeNamespaces('/dev/nvme1n1', sysfs.root), ['/dev/nvme1n1']);
      assert.equal(findNvmeController('/dev/nvme1n1', sysfs.root), 'nvme1');
    });
  }

  test('are found again under another name by serial number and ID', async () => {
    await using sysfs = await NvmeSysfs.create();
    sysfs.add({ serial: 'A', namespaces: ['nvme0n1', 'nvme0n2'] });
    const identity = readNvmeIdentity('/dev/nvme0n2', sysfs.root);
    assert.deepEqual(identity, { serial: 'A', namespaceId: 2 });
    const find = (): string | null => findNvmeNamespace(identity, '/dev/nvme0n2', sysfs.root);
    assert.equal(find(), '/dev/nvme0n2');
    sysfs.rename('nvme0n2', 'nvme3n2');
    assert.equal(find(), '/dev/nvme3n2');
    sysfs.remove('nvme3n2');
    assert.equal(find(), null);
  });

  test('have no identity where there is none', async () => {
    await using sysfs = await NvmeSysfs.create();
    sysfs.add({ serial: '', namespaces: ['nvme0n1'] });
    assert.throws(() => readNvmeIdentity('/dev/nvme0n1', sysfs.root), /no serial number/);
  });
});
