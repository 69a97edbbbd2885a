import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { EraseOptions } from '../../../../../../src/storage/erase/erase-options.ts';
import type { EraseMethodName } from '../../../../../../src/storage/erase/method-name.ts';
import { eraseMethods } from '../../../../../../src/storage/erase/methods/catalogue.ts';
import { chooseMethod } from '../../../../../../src/storage/erase/plan/choose-method.ts';
import { usualEraseOptions } from '../../../../../support/erase-request.ts';
import { NvmeBench, type NvmeBenchOptions } from '../../../../../support/nvme-bench.ts';

const everything = { oacs: 2 | 8, fna: 4, sanicap: 7, cmic: 3 };
/** A drive that two machines share: 2 is not attached, 5 belongs to the other machine. */
const shared: NvmeBenchOptions = { controller: everything, allocated: [1, 2, 5] };

function choose(
  it: NvmeBench,
  options: Partial<EraseOptions> = {},
  step: 'erase_devices' | 'erase_devices_express' = 'erase_devices',
) {
  const targets = new Set([it.disk.device.path]);
  return chooseMethod({
    step,
    options: { ...usualEraseOptions, ...options },
    methods: [...eraseMethods.values()],
    targets,
    disk: it.disk,
  });
}

function methodOf(choice: ReturnType<typeof choose>): string {
  return choice.kind === 'chosen' ? `${choice.planned.method}${choice.planned.isWeaker ? ', weaker' : ''}` : 'refused';
}

function supports(it: NvmeBench, name: EraseMethodName) {
  const support = eraseMethods.get(name)?.supports(it.disk);
  assert.ok(support, name);
  return support;
}

const sanitizes = ['nvme-sanitize-crypto', 'nvme-sanitize-block', 'nvme-sanitize-overwrite'] as const;
const formats = ['nvme-format-crypto', 'nvme-format-user-data'] as const;

suite('a drive with namespaces that this kernel does not list', () => {
  test('has its sanitizes blocked, and is told what to do', async () => {
    await using it = await NvmeBench.create(shared);
    for (const name of sanitizes) {
      assert.deepEqual(supports(it, name), {
        kind: 'blocked',
        why:
          'it would erase namespaces 2, 5 of /dev/nvme0, too, which this kernel does not list: attach them (nvme attach-ns), to be ' +
          "judged, or delete them (nvme delete-ns), or erase by a method that stays within one namespace (method 'overwrite')",
      });
    }
  });

  for (const fna of [5, 6, 7]) {
    test(`has its formats blocked where they go over all namespaces (FNA ${fna})`, async () => {
      await using it = await NvmeBench.create({ ...shared, controller: { ...everything, fna } });
      for (const name of formats) assert.equal(supports(it, name).kind, 'blocked', name);
    });
  }

  test('may format the one namespace', async () => {
    await using it = await NvmeBench.create(shared);
    for (const name of formats) assert.equal(supports(it, name).kind, 'supported', name);
  });

  test('still says what it does not have at all', async () => {
    await using it = await NvmeBench.create({ ...shared, controller: { oacs: 8, fna: 3, sanicap: 0 } });
    for (const name of [...sanitizes, ...formats]) assert.equal(supports(it, name).kind, 'unsupported', name);
  });

  test('is refused, and nothing weaker is done, unless the node allows it', async () => {
    await using it = await NvmeBench.create(shared);
    const choice = choose(it);
    assert.equal(choice.kind, 'refused');
    assert.match(choice.refusal.detail, /nvme-sanitize-crypto: it would erase namespaces 2, 5 .*continue_if_secure/);
    assert.equal(methodOf(choose(it, { allowWeaker: true })), 'nvme-format-crypto, weaker');
    assert.equal(methodOf(choose(it, { method: 'overwrite' })), 'overwrite');
    assert.equal(methodOf(choose(it, { method: 'nvme-sanitize-block', allowWeaker: true })), 'refused');
  });

  test('is overwritten where a format goes over all namespaces, and only where the node allows it', async () => {
    await using it = await NvmeBench.create({ ...shared, controller: { ...everything, fna: 7 } });
    assert.equal(methodOf(choose(it)), 'refused');
    assert.equal(methodOf(choose(it, { allowWeaker: true })), 'overwrite, weaker');
    assert.equal(methodOf(choose(it, {}, 'erase_devices_express')), 'metadata, weaker');
  });

  test('sanitizes once all of them are listed', async () => {
    await using it = await NvmeBench.create({ ...shared, allocated: [1] });
    assert.equal(methodOf(choose(it)), 'nvme-sanitize-crypto');
  });
});

suite('a drive that may have several controllers', () => {
  const controller = { oacs: 2, fna: 4, sanicap: 7, cmic: 2 };

  test('is not sanitized where the kernel knows one of them and the drive cannot tell of the others', async () => {
    await using it = await NvmeBench.create({ controller });
    const support = supports(it, 'nvme-sanitize-block');
    assert.equal(support.kind, 'blocked');
    assert.match(support.why, /may erase namespaces of \/dev\/nvme0 .*CMIC bit 1.*this kernel knows only one/);
  });

  test('is sanitized where the kernel knows two', async () => {
    await using it = await NvmeBench.create({ controller, controllers: 2 });
    assert.equal(methodOf(choose(it)), 'nvme-sanitize-crypto');
  });
});
