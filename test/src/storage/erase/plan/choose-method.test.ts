import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EraseOptions } from '../../../../../src/storage/erase/erase-options.ts';
import type { EraseMethod, Support } from '../../../../../src/storage/erase/method.ts';
import type { EraseMethodName } from '../../../../../src/storage/erase/method-name.ts';
import { chooseMethod } from '../../../../../src/storage/erase/plan/choose-method.ts';
import type { EraseStepName } from '../../../../../src/storage/erase/plan/erase-plan.ts';
import { makeMethod, usualEraseOptions } from '../../../../support/erase-request.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';

const unsupported: Support = { kind: 'unsupported', why: 'it has no such thing' };
const blocked: Support = { kind: 'blocked', why: 'it is frozen' };

interface Scene {
  readonly methods: readonly EraseMethod[];
  readonly options?: Partial<EraseOptions>;
  readonly step?: EraseStepName;
  readonly kind?: 'plain' | 'nvme';
  readonly targets?: readonly string[];
}

function choose({ methods, options, step = 'erase_devices', kind = 'plain', targets = ['/dev/sda'] }: Scene) {
  const probe = { kind, zerosAfterDiscard: true } as never;
  return chooseMethod({
    step,
    options: { ...usualEraseOptions, ...options },
    methods,
    targets: new Set(targets),
    disk: { device: makeDisk('/dev/sda'), partitions: [], probe },
  });
}

function chosen(scene: Scene) {
  const choice = choose(scene);
  assert.equal(choice.kind, 'chosen', JSON.stringify(choice));
  return choice.planned;
}

function refused(scene: Scene): string {
  const choice = choose(scene);
  assert.equal(choice.kind, 'refused', JSON.stringify(choice));
  assert.equal(choice.refusal.reason, 'no-method');
  return choice.refusal.detail;
}

const all = (...names: EraseMethodName[]): EraseMethod[] => names.map((name) => makeMethod(name));
const having = (name: EraseMethodName, support: Support): EraseMethod => makeMethod(name, { supports: () => support });

describe('chooseMethod', () => {
  it('takes the strongest that the disk has, in whatever order they are given', () => {
    const { method, isWeaker, fallbacks } = chosen({
      methods: all('overwrite', 'nvme-format-crypto', 'nvme-sanitize-block'),
    });
    assert.deepEqual([method, isWeaker, fallbacks], ['nvme-sanitize-block', false, []]);
  });

  it('overwrites a disk that has no erase of its own, without asking', () => {
    const methods = [having('ata-secure-erase', unsupported), makeMethod('overwrite'), makeMethod('discard')];
    assert.equal(chosen({ methods }).method, 'overwrite');
  });

  it('refuses a disk whose strongest method is blocked, unless the node allows a weaker one', () => {
    const methods = [having('ata-secure-erase', blocked), makeMethod('overwrite')];
    assert.match(refused({ methods }), /\/dev\/sda .*it is frozen.*agent_continue_if_secure_erase_failed/);
    const { method, isWeaker, why } = chosen({ methods, options: { allowWeaker: true } });
    assert.deepEqual([method, isWeaker], ['overwrite', true]);
    assert.match(why, /ata-secure-erase is stronger but blocked \(it is frozen\), and the node allows/);
  });

  it('does not mind a weaker method that is blocked', () => {
    const methods = [makeMethod('ata-sanitize-crypto'), having('ata-secure-erase', blocked), makeMethod('overwrite')];
    assert.deepEqual([chosen({ methods }).method, chosen({ methods }).isWeaker], ['ata-sanitize-crypto', false]);
  });

  it('names what may be tried after a failure only where the node allows it', () => {
    const methods = all('nvme-sanitize-crypto', 'nvme-format-crypto', 'overwrite');
    assert.deepEqual(chosen({ methods, options: { allowWeaker: true } }).fallbacks, [
      'nvme-format-crypto',
      'overwrite',
    ]);
    assert.deepEqual(chosen({ methods }).fallbacks, []);
  });

  it('leaves out the methods that the node has switched off', () => {
    const methods = all('nvme-sanitize-crypto', 'ata-sanitize-crypto', 'scsi-sanitize-crypto', 'overwrite');
    const options = { nvmeSecureErase: false, ataSecureErase: false };
    assert.equal(chosen({ methods, options }).method, 'overwrite');
    assert.equal(chosen({ methods, options: { nvmeSecureErase: false } }).method, 'ata-sanitize-crypto');
  });

  it('refuses an NVMe drive without an erase of its own, unless it may go on or none is wanted', () => {
    const methods = [having('nvme-format-user-data', unsupported), makeMethod('overwrite')];
    assert.match(refused({ methods, kind: 'nvme' }), /does not allow it/);
    assert.equal(chosen({ methods, kind: 'nvme', options: { allowWeaker: true } }).isWeaker, true);
    assert.equal(chosen({ methods, kind: 'nvme', options: { nvmeSecureErase: false } }).isWeaker, false);
  });

  it('never takes a method that reaches a disk which is not to be erased', () => {
    const wide = makeMethod('nvme-sanitize-crypto', { reach: () => ['/dev/sda', '/dev/sdb'] });
    const methods = [wide, makeMethod('overwrite')];
    assert.match(refused({ methods }), /it would erase \/dev\/sdb, too/);
    const { method, reach } = chosen({ methods, targets: ['/dev/sda', '/dev/sdb'] });
    assert.deepEqual([method, reach], ['nvme-sanitize-crypto', ['/dev/sda', '/dev/sdb']]);
  });

  it('uses the method that is asked for by name, and no other', () => {
    const methods = all('nvme-sanitize-crypto', 'overwrite', 'discard');
    assert.equal(chosen({ methods, options: { method: 'discard' } }).method, 'discard');
    const lacking = [having('discard', unsupported), makeMethod('overwrite')];
    assert.match(
      refused({ methods: lacking, options: { method: 'discard', allowWeaker: true } }),
      /discard: it has no/,
    );
  });

  it('never discards unless it is asked to', () => {
    assert.match(refused({ methods: all('discard', 'metadata') }), /no method/);
  });

  it('plans metadata for the metadata step, and format or metadata for the express one', () => {
    const methods = all('nvme-sanitize-crypto', 'nvme-format-crypto', 'overwrite', 'metadata');
    assert.equal(chosen({ methods, step: 'erase_devices_metadata' }).method, 'metadata');
    assert.equal(chosen({ methods, step: 'erase_devices_express' }).method, 'nvme-format-crypto');
    const other = [having('nvme-format-crypto', unsupported), makeMethod('metadata')];
    assert.equal(chosen({ methods: other, step: 'erase_devices_express' }).method, 'metadata');
  });

  it('says nothing of sanitization where only metadata go', () => {
    assert.equal(chosen({ methods: all('metadata'), step: 'erase_devices_metadata' }).sanitization, null);
  });
});
