import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { firstSectorBeyond, type LayoutRequest, planPartitions } from '../../../../src/storage/partition/layout.ts';
import { LayoutError } from '../../../../src/storage/partition/layout-error.ts';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

const request: LayoutRequest = {
  disk: { sizeBytes: 100 * GiB, sectorBytes: 512 },
  bootMode: 'uefi',
  label: 'gpt',
  power: false,
  wanted: { rootMib: 10240, swapMib: 0, ephemeralMib: 0 },
  configDriveBytes: null,
  efiMib: 550,
  biosBootMib: 1,
};

const everything = { wanted: { rootMib: 10240, swapMib: 1024, ephemeralMib: 2048 }, configDriveBytes: 1.5 * MiB };

function roles(changes: Partial<LayoutRequest>): readonly string[] {
  const { partitions } = planPartitions({ ...request, ...changes });
  return partitions.map(({ role, number, sectors }) => `${number} ${role} ${(sectors * 512) / MiB}`);
}

suite('the partitions of a partition image', () => {
  test('are an EFI system partition and root for UEFI', () => {
    assert.deepEqual(planPartitions(request), {
      label: 'gpt',
      sectorBytes: 512,
      partitions: [
        {
          role: 'efi',
          number: 1,
          firstSector: 2048,
          sectors: 550 * 2048,
          type: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
          name: 'efi-part',
          bootable: false,
        },
        {
          role: 'root',
          number: 2,
          firstSector: 551 * 2048,
          sectors: 10240 * 2048,
          type: '0fc63daf-8483-4772-8e79-3d69d8477de4',
          name: 'root',
          bootable: false,
        },
      ],
    });
  });

  test('come in the order that Ironic knows, the config drive on whole MiB', () => {
    const order = ['1 efi 550', '2 ephemeral 2048', '3 swap 1024', '4 config-drive 2', '5 root 10240'];
    assert.deepEqual(roles(everything), order);
  });

  test('begin with a BIOS boot partition on a GPT without UEFI', () => {
    assert.deepEqual(roles({ bootMode: 'bios' }), ['1 bios-boot 1', '2 root 10240']);
  });

  test('need no partition to boot from in an MBR, where root is the active one', () => {
    const { partitions } = planPartitions({ ...request, bootMode: 'bios', label: 'msdos', ...everything });
    assert.deepEqual(
      partitions.map(({ role, type, name, bootable }) => [role, type, name, bootable]),
      [
        ['ephemeral', '0x83', null, false],
        ['swap', '0x82', null, false],
        ['config-drive', '0x83', null, false],
        ['root', '0x83', null, true],
      ],
    );
  });

  for (const label of ['gpt', 'msdos'] as const) {
    test(`begin with a PReP partition on POWER (${label})`, () => {
      assert.deepEqual(roles({ bootMode: 'bios', power: true, label }), ['1 prep 8', '2 root 10240']);
    });
  }

  test('count sectors of 4096 bytes', () => {
    const disk = { sizeBytes: 100 * GiB, sectorBytes: 4096 };
    const [efi] = planPartitions({ ...request, disk }).partitions;
    assert.deepEqual([efi?.firstSector, efi?.sectors], [256, 550 * 256]);
  });
});

suite('partitions are refused', () => {
  const refused = (name: string, changes: Partial<LayoutRequest>, message: RegExp): void =>
    void test(name, () => {
      assert.throws(
        () => planPartitions({ ...request, ...changes }),
        (error) => error instanceof LayoutError && message.test(error.message),
      );
    });

  refused(
    'where the disk is too small, with all sizes',
    { disk: { sizeBytes: 8 * GiB, sectorBytes: 512 }, ...everything },
    /^the partitions \(efi 550, ephemeral 2048, swap 1024, config-drive 2, root 10240 MiB\) need a disk up to 13865 MiB; this one has 8192 MiB, of which a GPT can use those up to 8191 MiB$/,
  );
  refused(
    'where the MBR cannot reach, although the disk is large enough',
    {
      disk: { sizeBytes: 4096 * GiB, sectorBytes: 512 },
      bootMode: 'bios',
      label: 'msdos',
      wanted: { ...everything.wanted, rootMib: 3 * 1024 * 1024 },
    },
    /has 4194304 MiB, of which an MBR can use those up to 2097151 MiB/,
  );
  refused(
    'where an MBR has no room for a fifth',
    { bootMode: 'bios', label: 'msdos', power: true, ...everything },
    /5 partitions are wanted \(prep, ephemeral, swap, config-drive, root\), an MBR has 4/,
  );
  refused('without a size for root', { wanted: { rootMib: 0, swapMib: 1, ephemeralMib: 1 } }, /root_mb is 0/);
  refused('where a size is no whole number', { wanted: { ...everything.wanted, swapMib: 1.5 } }, /swap.*1\.5 MiB/);
  refused('where UEFI would have to read an MBR', { label: 'msdos' }, /UEFI takes only a GPT/);
  refused('where the config drive is empty', { configDriveBytes: 0 }, /config drive is empty/);
  refused(
    'on sectors that do not divide a MiB',
    { disk: { sizeBytes: 100 * GiB, sectorBytes: 520 } },
    /sectors of 520 bytes/,
  );

  test('only from the first sector on that the backup GPT needs', () => {
    for (const [sectorBytes, reserved] of [
      [512, 33],
      [4096, 5],
    ] as const) {
      const exact = (1 + 550 + 10240) * MiB + reserved * sectorBytes;
      planPartitions({ ...request, disk: { sizeBytes: exact, sectorBytes } });
      const disk = { sizeBytes: exact - sectorBytes, sectorBytes };
      assert.throws(() => planPartitions({ ...request, disk }), LayoutError);
    }
  });
});

const anyRequest: fc.Arbitrary<LayoutRequest> = fc
  .record({
    disk: fc.record({
      sizeBytes: fc.integer({ min: 8, max: 2 ** 31 }).map((blocks) => blocks * 4096),
      sectorBytes: fc.constantFrom(512, 4096),
    }),
    boot: fc.constantFrom(['uefi', 'gpt'] as const, ['bios', 'gpt'] as const, ['bios', 'msdos'] as const),
    power: fc.boolean(),
    wanted: fc.record({
      rootMib: fc.integer({ min: 1, max: 5_000_000 }),
      swapMib: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70_000 })),
      ephemeralMib: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000_000 })),
    }),
    configDriveBytes: fc.option(fc.integer({ min: 1, max: 64 * MiB })),
    efiMib: fc.integer({ min: 33, max: 2000 }),
    biosBootMib: fc.integer({ min: 1, max: 64 }),
  })
  .map(({ boot: [bootMode, label], ...rest }) => ({ ...rest, bootMode, label }));

/** The sizes asked for by role, straight from the table of the wire contract. */
function sizesAsked({ wanted, bootMode, label, power, ...rest }: LayoutRequest): Readonly<Record<string, number>> {
  const bios = bootMode === 'bios';
  return {
    efi: bios ? 0 : rest.efiMib * MiB,
    prep: bios && power ? 8 * MiB : 0,
    'bios-boot': bios && !power && label === 'gpt' ? rest.biosBootMib * MiB : 0,
    ephemeral: wanted.ephemeralMib * MiB,
    swap: wanted.swapMib * MiB,
    'config-drive': rest.configDriveBytes ?? 0,
    root: wanted.rootMib * MiB,
  };
}

test('any layout is aligned, free of overlaps, inside what the table can use, and exactly what was asked for', () => {
  let planned = 0;
  fc.assert(
    fc.property(anyRequest, (asked) => {
      const sizes = sizesAsked(asked);
      const { sectorBytes } = asked.disk;
      let layout: ReturnType<typeof planPartitions>;
      try {
        layout = planPartitions(asked);
      } catch (error) {
        assert.ok(error instanceof LayoutError);
        const total = Object.values(sizes).reduce((sum, size) => sum + Math.ceil(size / MiB) * MiB, MiB);
        const roles = Object.values(sizes).filter((size) => size > 0).length;
        const fits = total <= firstSectorBeyond(asked) * sectorBytes;
        assert.ok(!fits || (asked.label === 'msdos' && roles > 4), `refused although it fits: ${error.message}`);
        return;
      }
      planned += 1;
      let free = MiB;
      for (const [index, { role, number, firstSector, sectors }] of layout.partitions.entries()) {
        const [start, size] = [firstSector * sectorBytes, sectors * sectorBytes];
        assert.equal(number, index + 1);
        assert.equal(start % MiB, 0);
        assert.ok(start >= free, 'overlap');
        assert.ok(size >= (sizes[role] ?? Number.NaN), `${role} is too small`);
        assert.ok(size < (sizes[role] ?? 0) + MiB, `${role} is larger than asked`);
        free = start + size;
      }
      assert.ok(free <= asked.disk.sizeBytes - (asked.label === 'gpt' ? 16384 + sectorBytes : 0));
      if (asked.label === 'msdos') assert.ok(free < 2 ** 32 * sectorBytes && layout.partitions.length <= 4);
      const present = layout.partitions.map(({ role }) => role).sort();
      const wanted = Object.keys(sizes).filter((role) => (sizes[role] ?? 0) > 0);
      assert.deepEqual(present, wanted.sort());
      assert.equal(layout.partitions.at(-1)?.role, 'root');
    }),
    { numRuns: 3000 },
  );
  assert.ok(planned > 500, `only ${planned} layouts fitted`);
});
