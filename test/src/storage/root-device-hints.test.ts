import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMismatches, judgeByHints, parseHints } from '../../../src/storage/root-device-hints.ts';
import { makeDisk } from '../../support/make-block-device.ts';

const disk = makeDisk('/dev/sda', {
  model: 'SAMSUNG MZ7KM960',
  vendor: 'ATA',
  serial: 'S2HTNX0H500107',
  otherSerials: ['SAMSUNG_MZ7KM960_S2HTNX0H500107'],
  wwn: '0x5002538c40000000',
  otherWwns: ['0x5002538c4'],
  wwnWithExtension: '0x5002538c40000000ab',
  hctl: '0:0:0:0',
  byPath: '/dev/disk/by-path/pci-0000:00:17.0-ata-1',
});

const matches = (hints: unknown): boolean => findMismatches(disk, parseHints(hints)).length === 0;

test('a disk matches each of its properties', () => {
  const hints: readonly Readonly<Record<string, unknown>>[] = [
    { size: 100 },
    { size: '>= 100' },
    { rotational: false },
    { rotational: 'no' },
    { model: 'samsung mz7km960' },
    { vendor: 'ata' },
    { name: '/dev/sda' },
    { hctl: '0:0:0:0' },
    { by_path: '/dev/disk/by-path/pci-0000:00:17.0-ata-1' },
    { tran: 'sata' },
    { wwn_with_extension: '0x5002538C40000000AB' },
  ];
  for (const hint of hints) assert.ok(matches(hint), JSON.stringify(hint));
});

test('any spelling of a serial number or WWN matches', () => {
  assert.ok(matches({ serial: 'S2HTNX0H500107' }));
  assert.ok(matches({ serial: 'SAMSUNG_MZ7KM960_S2HTNX0H500107' }));
  assert.ok(matches({ wwn: '0x5002538c40000000' }));
  assert.ok(matches({ wwn: '0x5002538c4' }));
});

test('not a serial number means none of its spellings', () => {
  assert.equal(matches({ serial: 's!= S2HTNX0H500107' }), false);
  assert.equal(matches({ serial: 's!= SAMSUNG_MZ7KM960_S2HTNX0H500107' }), false);
  assert.ok(matches({ serial: 's!= OTHER' }));
});

test('all hints must match, and each that does not is told', () => {
  const hints = parseHints({ size: '>= 200', model: '<in> intel', rotational: false });
  assert.deepEqual(findMismatches(disk, hints), [
    'size 100 GiB does not match ">= 200"',
    'model "SAMSUNG MZ7KM960" does not match "<in> intel"',
  ]);
});

test('what matches is told too', () => {
  const hints = parseHints({ model: '<in> samsung', rotational: true, size: '= 60' });
  assert.deepEqual(judgeByHints(disk, hints), {
    matches: ['model "SAMSUNG MZ7KM960" matches "<in> samsung"', 'size 100 GiB matches "= 60"'],
    mismatches: ['rotational "false" does not match "true"'],
  });
});

test('the elements of <all-in> may be in different spellings of one property', () => {
  assert.ok(matches({ wwn: "<all-in> ['0x5002538c4', '0x5002538c40000000']" }));
  assert.equal(matches({ wwn: "<all-in> ['0x5002538c4', '0x5002538c40000001']" }), false);
});

test('a size that is no whole number of GiB is told as such where it was to equal one', () => {
  const real = makeDisk('/dev/sdb', { sizeBytes: 480_103_981_056 });
  const told = (size: unknown) => findMismatches(real, parseHints({ size }));
  const advice = '(480103981056 bytes are no whole number of GiB; >= or <range-in> can match it)';
  assert.deepEqual(told(447), [`size 447.13 GiB does not match "447" ${advice}`]);
  assert.deepEqual(told('<or> 447 <or> 894'), [`size 447.13 GiB does not match "<or> 447 <or> 894" ${advice}`]);
  assert.deepEqual(told('== 447'), [`size 447.13 GiB does not match "== 447" ${advice}`]);
  assert.deepEqual(told('> 448'), ['size 447.13 GiB does not match "> 448"']);
  assert.deepEqual(told('<range-in> [ 447 448 )'), []);
});

test('a size is one of several', () => {
  assert.ok(matches({ size: '<or> 50 <or> 100' }));
  assert.equal(matches({ size: '<or> 50 <or> 60' }), false);
});

test('a property that is not known matches nothing, not even the word none', () => {
  const hints = parseHints({ wwn_vendor_extension: 'none' });
  assert.deepEqual(findMismatches(disk, hints), ['its wwn_vendor_extension is unknown']);
});

test('a wrong hint is an error that names it', () => {
  const wrong: readonly [hints: unknown, message: RegExp][] = [
    [{ sise: 100 }, /^hint sise: 100 is not a hint \(known: size, rotational, /],
    [{ toString: 'x' }, /is not a hint/],
    [{ size: 0 }, /^hint size: 0 compares with 0, which is not above zero/],
    [{ size: 'big' }, /"big", which is no number/],
    [{ size: true }, /"true", which is no number/],
    [{ size: '<in> 10' }, /operator for texts/],
    [{ model: '' }, /^hint model: "" is empty/],
    [{ model: null }, /is not one value/],
    [{ serial: ['a', 'b'] }, /is not one value/],
    [{ rotational: 'maybe' }, /is neither true nor false/],
    ['serial=1', /expected an object of hints, got "serial=1"/],
    [[{ serial: '1' }], /expected an object/],
    [null, /expected an object/],
  ];
  for (const [hints, message] of wrong) {
    assert.throws(() => parseHints(hints), { name: 'DeviceHintError', message }, JSON.stringify(hints));
  }
});
