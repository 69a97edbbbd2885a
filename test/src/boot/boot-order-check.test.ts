import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bootOrderProblems } from '../../../src/boot/boot-order-check.ts';
import { type BootPlan, planBootEntries } from '../../../src/boot/boot-plan.ts';
import type { BootEntry, BootVariables } from '../../../src/tools/efibootmgr.ts';

const guid = '9c4735e2-5161-40f6-82e7-309d7d900e87';
const esp = { device: '/dev/vda1', disk: '/dev/vda', number: 1, guid };
const uiApp: BootEntry = { number: '0000', label: 'UiApp', active: true, devicePath: 'FvVol(1)' };
const stale: BootEntry = { number: '0007', label: 'debian', active: true, devicePath: 'HD(1,GPT,dead,0x800,0x1)' };
const before: BootVariables = { order: ['0007', '0000'], next: null, entries: [uiApp, stale] };
const plan: BootPlan = planBootEntries(before, esp, [{ path: '\\EFI\\debian\\shimx64.efi', label: 'debian' }]);
const made: BootEntry = {
  number: '0001',
  label: 'debian',
  active: true,
  devicePath: `HD(1,GPT,${guid},0x800,0x64000)/File(\\EFI\\debian\\shimx64.efi)`,
};
const good: BootVariables = { order: ['0001', '0000'], next: null, entries: [uiApp, made] };
const withMade = (fields: Partial<BootEntry>): BootVariables => ({ ...good, entries: [uiApp, { ...made, ...fields }] });

suite('bootOrderProblems', () => {
  test('finds none where all is as planned', () => {
    assert.deepEqual(bootOrderProblems(plan, good), []);
  });

  test('understands the device paths of efibootmgr 18, in any case, and data behind them', () => {
    const devicePath = `HD(1,GPT,${guid.toUpperCase()},0x800,0x64000)/\\EFI\\DEBIAN\\shimx64.efi0000`;
    assert.deepEqual(bootOrderProblems(plan, withMade({ devicePath })), []);
  });

  test('does not mind entries that the firmware puts behind', () => {
    assert.deepEqual(bootOrderProblems(plan, { ...good, order: ['0001', '0009', '0000'] }), []);
  });

  const bad: [what: string, after: BootVariables, problem: RegExp][] = [
    ['an entry that is not there', { ...good, entries: [uiApp] }, /Boot0001 \(debian\) is not there/],
    ['an entry that is not first', { ...good, order: ['0000', '0001'] }, /boot order is 0000,0001, expected .* 0001/],
    ['an order that is not set', { ...good, order: [] }, /boot order is not set/],
    ['an inactive entry', withMade({ active: false }), /is not active/],
    ['another label', withMade({ label: 'debia' }), /has the label debia/],
    ['another loader', withMade({ devicePath: `HD(1,GPT,${guid},0x800)/File(\\a.efi)` }), /leads to .*a\.efi/],
    [
      'a longer loader',
      withMade({ devicePath: `HD(1,GPT,${guid},0x800)/File(\\x\\EFI\\debian\\shimx64.efi)` }),
      /leads to/,
    ],
    ['another partition', withMade({ devicePath: made.devicePath.replace('HD(1', 'HD(2') }), /leads to/],
    ['another disk', withMade({ devicePath: made.devicePath.replace('9c47', '9c48') }), /leads to/],
    ['a stale entry that stayed', { ...good, entries: [uiApp, made, stale] }, /Boot0007 \(debian\) was to be removed/],
  ];
  for (const [what, after, problem] of bad) {
    test(`finds ${what}`, () => {
      const problems = bootOrderProblems(plan, after);
      assert.equal(problems.length, 1, problems.join('; '));
      assert.match(problems[0] ?? '', problem);
    });
  }

  test('goes by the partition number alone on a disk with an MBR', () => {
    const mbr = planBootEntries(before, { ...esp, guid: null }, [
      { path: '\\EFI\\debian\\shimx64.efi', label: 'debian' },
    ]);
    const devicePath = 'HD(1,MBR,0x1234abcd,0x800,0x64000)/File(\\EFI\\debian\\shimx64.efi)';
    assert.deepEqual(bootOrderProblems(mbr, withMade({ devicePath })), []);
  });
});
