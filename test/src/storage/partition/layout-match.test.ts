import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { planPartitions } from '../../../../src/storage/partition/layout.ts';
import { LayoutError } from '../../../../src/storage/partition/layout-error.ts';
import { matchLayout } from '../../../../src/storage/partition/layout-match.ts';
import type { DiskTable, DiskTableEntry } from '../../../../src/tools/sfdisk.ts';

const MiB = 1024 * 1024;
const linux = '0fc63daf-8483-4772-8e79-3d69d8477de4';

const layout = planPartitions({
  disk: { sizeBytes: 8 * 1024 * MiB, sectorBytes: 512 },
  bootMode: 'uefi',
  label: 'gpt',
  power: false,
  wanted: { rootMib: 1000, swapMib: 100, ephemeralMib: 300 },
  configDriveBytes: MiB,
  efiMib: 64,
  biosBootMib: 1,
});

const table: DiskTable = {
  label: 'gpt',
  sectorBytes: 512,
  partitions: layout.partitions.map(({ role: _role, ...entry }) => entry),
};

/** The table with something else in the partition of a number. */
function changed(number: number, change: Partial<DiskTableEntry>): DiskTable {
  const partitions = table.partitions.map((entry) => (entry.number === number ? { ...entry, ...change } : entry));
  return { ...table, partitions };
}

suite('a table that is to be preserved', () => {
  test('is taken where it is the planned one', () => {
    assert.deepEqual(matchLayout(layout, table), layout);
  });

  test('gives the places, also where a larger config drive has moved root and an instance has grown it', () => {
    const [efi, ephemeral, swap, drive, root] = table.partitions;
    assert.ok(efi && ephemeral && swap && drive && root);
    const moved = { ...root, firstSector: root.firstSector + 4096, sectors: root.sectors * 2 };
    const partitions = [efi, ephemeral, swap, { ...drive, sectors: drive.sectors + 4096 }, moved];
    const matched = matchLayout(layout, { ...table, partitions });
    assert.deepEqual(matched.partitions.at(-1), { ...moved, role: 'root' });
  });

  test('may call data and swap what another program calls them', () => {
    const basicData = 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7';
    matchLayout(layout, changed(2, { type: basicData }));
    matchLayout(layout, changed(3, { type: linux }));
  });

  const refused = (name: string, given: DiskTable | null, message: RegExp): void =>
    void test(name, () => {
      assert.throws(
        () => matchLayout(layout, given),
        (error) => error instanceof LayoutError && message.test(error.message),
      );
    });

  refused('is refused where there is none', null, /no partition table/);
  refused('is refused where it is of another kind', { ...table, label: 'msdos' }, /of kind msdos, gpt is expected/);
  refused('is refused where sectors have another size', { ...table, sectorBytes: 4096 }, /sectors have 4096 bytes/);
  refused(
    'is refused where a partition is missing',
    { ...table, partitions: table.partitions.slice(1) },
    /has 4 partitions, 5 are expected \(efi, ephemeral, swap, config-drive, root\)/,
  );
  refused(
    'is refused where the ephemeral partition has another size',
    changed(2, { sectors: 300 * 2048 + 2048 }),
    /partition 2, the ephemeral one, has 301 MiB, 300 MiB are expected/,
  );
  refused('is refused where root is smaller', changed(5, { sectors: 999 * 2048 }), /root one, has 999 MiB, 1000 MiB/);
  refused('is refused where the ESP is no ESP', changed(1, { type: linux }), /the efi one, has the type 0fc63daf/);
  refused(
    'is refused where something else is an ESP',
    changed(2, { type: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b' }),
    /the ephemeral one, has the type c12a7328/,
  );
});
