import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { planBootEntries } from '../../../src/boot/boot-plan.ts';
import type { BootEntry, BootVariables } from '../../../src/tools/efibootmgr.ts';

const esp = { device: '/dev/nvme0n1p1', disk: '/dev/nvme0n1', number: 1, guid: '9c4735e2-5161-40f6-82e7-309d7d900e87' };
const entry = (number: string, label: string): BootEntry => ({ number, label, active: true, devicePath: '' });
const variables = (order: string[], entries: BootEntry[]): BootVariables => ({ order, next: null, entries });
const debian = { path: '\\EFI\\debian\\shimx64.efi', label: 'debian' };

suite('planBootEntries', () => {
  test('puts a new entry with the lowest free number in front', () => {
    const plan = planBootEntries(variables(['0000', '0002'], [entry('0000', 'UiApp'), entry('0002', 'PXE')]), esp, [
      debian,
    ]);
    assert.deepEqual(plan, {
      esp,
      remove: [],
      create: [{ number: '0001', disk: '/dev/nvme0n1', partition: 1, label: 'debian', loader: debian.path }],
      oldOrder: ['0000', '0002'],
      newOrder: ['0001', '0000', '0002'],
    });
  });

  test('removes every stale entry of the same label, and only those', () => {
    const current = variables(
      ['0001', '0000', '0005'],
      [entry('0000', 'UiApp'), entry('0001', 'debian'), entry('0005', 'debian'), entry('0006', 'debian 2')],
    );
    const plan = planBootEntries(current, esp, [debian]);
    assert.deepEqual(
      plan.remove.map(({ number }) => number),
      ['0001', '0005'],
    );
    assert.deepEqual(plan.newOrder, ['0001', '0000']);
  });

  test('makes several entries backwards, so that the first loader boots first', () => {
    const loaders = ['a', 'b', 'c'].map((name, i) => ({ path: `\\${name}.efi`, label: `ironic${i + 1}` }));
    const plan = planBootEntries(variables(['0000'], [entry('0000', 'UiApp')]), esp, loaders);
    assert.deepEqual(
      plan.create.map(({ number, label }) => [number, label]),
      [
        ['0003', 'ironic3'],
        ['0002', 'ironic2'],
        ['0001', 'ironic1'],
      ],
    );
    assert.deepEqual(plan.newOrder, ['0001', '0002', '0003', '0000']);
  });

  test('does not take a number that the boot order names, though no such entry exists', () => {
    const plan = planBootEntries(variables(['0000'], []), esp, [debian]);
    assert.equal(plan.create[0]?.number, '0001');
  });

  test('gives the same plan once it has been carried out: running twice equals running once', () => {
    const first = planBootEntries(variables(['0000'], [entry('0000', 'UiApp')]), esp, [debian]);
    const after = variables([...first.newOrder], [entry('0000', 'UiApp'), entry('0001', 'debian')]);
    const second = planBootEntries(after, esp, [debian]);
    assert.deepEqual(second.create, first.create);
    assert.deepEqual(second.newOrder, first.newOrder);
  });

  test('works on firmware without any boot order', () => {
    assert.deepEqual(planBootEntries(variables([], []), esp, [debian]).newOrder, ['0000']);
  });

  test('writes numbers as four upper-case hexadecimal digits', () => {
    const taken = Array.from({ length: 10 }, (_, i) => entry(`000${i}`, `e${i}`));
    assert.equal(planBootEntries(variables([], taken), esp, [debian]).create[0]?.number, '000A');
  });

  test('fails where all numbers are taken', () => {
    const number = (n: number): string => n.toString(16).toUpperCase().padStart(4, '0');
    const taken = Array.from({ length: 0x10000 }, (_, i) => entry(number(i), 'x'));
    assert.throws(() => planBootEntries(variables([], taken), esp, [debian]), RangeError);
  });
});
