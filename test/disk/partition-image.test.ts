import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { preparePartitions, reopenPartitions } from '../../src/image/partition-image/prepare.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { type PrepareOptions, preparation, prepare, tagsOf } from '../support/prepared-disk.ts';

const MiB = 1024 * 1024;
const diskBytes = 256 * MiB;

interface SfdiskTable {
  readonly label: string;
  readonly partitions: readonly {
    readonly node: string;
    readonly start: number;
    readonly size: number;
    readonly type: string;
    readonly bootable?: boolean;
  }[];
}

function tableOf(disk: LoopDevice): SfdiskTable {
  return JSON.parse(execFileSync('sfdisk', ['--json', disk.path], { encoding: 'utf8' })).partitiontable;
}

/** Kind of table, and of each partition: MiB it begins at, MiB it has, first part of the type, and whether it is active. */
function showTable(disk: LoopDevice, sectorBytes: number): readonly string[] {
  const { label, partitions } = tableOf(disk);
  const mib = (sectors: number): number => (sectors * sectorBytes) / MiB;
  const lines = partitions.map(
    ({ start, size, type, bootable }) =>
      `${mib(start)}+${mib(size)} ${type.split('-')[0]?.toLowerCase()}${bootable ? ' active' : ''}`,
  );
  return [label, ...lines];
}

const [efi, biosBoot, data, swap] = ['c12a7328', '21686148', '0fc63daf', '0657fd6d'];
const everything = { swap_mb: 16, ephemeral_mb: 32, root_mb: 64 };
const configDrive = randomBytes(1.5 * MiB + 77);

const cases: readonly (readonly [NonNullable<PrepareOptions['boot']>, readonly string[], readonly string[]])[] = [
  [
    'uefi',
    ['gpt', `1+64 ${efi}`, `65+64 ${data}`],
    ['gpt', `1+64 ${efi}`, `65+32 ${data}`, `97+16 ${swap}`, `113+2 ${data}`, `115+64 ${data}`],
  ],
  [
    'bios-gpt',
    ['gpt', `1+1 ${biosBoot}`, `2+64 ${data}`],
    ['gpt', `1+1 ${biosBoot}`, `2+32 ${data}`, `34+16 ${swap}`, `50+2 ${data}`, `52+64 ${data}`],
  ],
  ['bios-msdos', ['dos', '1+64 83 active'], ['dos', '1+32 83', '33+16 82', '49+2 83', '51+64 83 active']],
];

for (const sectorBytes of [512, 4096] as const) {
  for (const [boot, alone, full] of cases) {
    suite(`partitions for ${boot} on sectors of ${sectorBytes} bytes`, () => {
      test('are root and what it boots from', async () => {
        await using disk = await createLoopDevice({ sizeBytes: diskBytes, sectorBytes });
        await prepare(disk, { boot });
        assert.deepEqual(showTable(disk, sectorBytes), alone);
      });

      test('hold what was asked for around root', async () => {
        await using disk = await createLoopDevice({ sizeBytes: diskBytes, sectorBytes });
        const prepared = await prepare(disk, { boot, info: everything, configDrive });
        assert.deepEqual(showTable(disk, sectorBytes), full);
        if (boot !== 'bios-msdos') assertGoodGpt(disk);

        const pathOf = (role: string): string =>
          prepared.partitions.find(({ planned }) => planned.role === role)?.device.path ?? '';
        const ephemeral = tagsOf(pathOf('ephemeral'));
        assert.deepEqual([ephemeral.TYPE, ephemeral.LABEL], ['ext4', 'ephemeral0']);
        const swapTags = tagsOf(pathOf('swap'));
        assert.deepEqual([swapTags.TYPE, swapTags.LABEL], ['swap', 'swap1']);
        assert.equal(tagsOf(prepared.root.path).TYPE, undefined);
        const drive = readFileSync(pathOf('config-drive'));
        assert.equal(drive.compare(configDrive, 0, configDrive.length, 0, configDrive.length), 0);
        assert.ok(drive.subarray(configDrive.length).every((byte) => byte === 0));

        execFileSync('mke2fs', ['-q', '-t', 'ext4', prepared.root.path]);
        const uuids = await prepared.finish();
        assert.equal(uuids['root uuid'], tagsOf(prepared.root.path).UUID);
        assert.equal(uuids.partitions.root, prepared.root.path);
        assert.equal(uuids.partitions.configdrive, pathOf('config-drive'));
        if (boot === 'uefi') {
          const esp = tagsOf(pathOf('efi'));
          assert.deepEqual([esp.TYPE, esp.LABEL], ['vfat', 'efi-part']);
          assert.equal(uuids['efi system partition uuid'], esp.UUID);
          assert.match(esp.UUID ?? '', /^[0-9A-F]{4}-[0-9A-F]{4}$/);
        } else {
          assert.equal(uuids['efi system partition uuid'], null);
        }
      });
    });
  }
}

function assertGoodGpt(disk: LoopDevice): void {
  const verdict = execFileSync('sgdisk', ['--verify', disk.path], { encoding: 'utf8' });
  assert.match(verdict, /No problems found/);
  assert.doesNotMatch(verdict, /Warning|Caution/);
}

for (const [sectorBytes, backupGptBytes] of [
  [512, 33 * 512],
  [4096, 5 * 4096],
] as const) {
  test(`root may end right before the backup GPT (sectors of ${sectorBytes} bytes)`, async () => {
    await using disk = await createLoopDevice({ sizeBytes: 129 * MiB + backupGptBytes, sectorBytes });
    await prepare(disk);
    assert.deepEqual(showTable(disk, sectorBytes), ['gpt', `1+64 ${efi}`, `65+64 ${data}`]);
    assertGoodGpt(disk);
  });
}

test('partitions may lie beyond 2 TiB', async () => {
  const TiB = 1024 * 1024 * MiB;
  await using disk = await createLoopDevice({ sizeBytes: 3 * TiB });
  const { root } = await prepare(disk, { boot: 'bios-gpt', info: { root_mb: (2.5 * TiB) / MiB } });
  assert.equal(root.sizeBytes, 2.5 * TiB);
  assertGoodGpt(disk);
  const low = await prepare(disk, { boot: 'bios-msdos', info: { root_mb: (2 * TiB) / MiB - 2 } });
  assert.equal(low.root.sizeBytes, 2 * TiB - 2 * MiB);
});

for (const format of ['ext2', 'ext3', 'vfat']) {
  test(`the ephemeral partition gets the file system that was asked for (${format})`, async () => {
    await using disk = await createLoopDevice({ sizeBytes: diskBytes });
    const info = { ephemeral_mb: 40, ephemeral_format: format };
    const { partitions } = await (await prepare(disk, { info })).finish();
    const { TYPE, LABEL } = tagsOf(partitions.ephemeral ?? '');
    assert.deepEqual([TYPE, LABEL], [format, 'ephemeral0']);
  });
}

test('a root without a file system of known kind is told by the UUID of its partition', async () => {
  for (const boot of ['uefi', 'bios-msdos'] as const) {
    await using disk = await createLoopDevice({ sizeBytes: diskBytes });
    const prepared = await prepare(disk, { boot });
    assert.equal((await prepared.finish())['root uuid'], tagsOf(prepared.root.path).PART_ENTRY_UUID);
  }
});

test('nothing of what was on the disk can be found in the new partitions', async () => {
  await using disk = await createLoopDevice({ sizeBytes: diskBytes });
  // An old file system that begins in the middle of the disk, unknown to any table, where root and BIOS boot will be.
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-F', '-E', `offset=${2 * MiB}`, disk.path, '100M']);
  execFileSync('dd', ['if=/dev/urandom', `of=${disk.path}`, 'bs=1M', 'seek=1', 'count=1', 'status=none']);
  // And one that hides behind it: swap is known by the end of its first page.
  execFileSync('dd', [`of=${disk.path}`, 'bs=1', `seek=${2 * MiB + 4086}`, 'status=none'], { input: 'SWAPSPACE2' });
  const prepared = await prepare(disk, { boot: 'bios-gpt' });
  const signatures = execFileSync('wipefs', ['--no-act', '--noheadings', prepared.root.path], { encoding: 'utf8' });
  assert.equal(signatures, '');
  const [boot] = prepared.partitions;
  assert.ok(readFileSync(boot?.device.path ?? '').every((byte) => byte === 0));
});

test('a second deployment makes other partitions in place of the first', async () => {
  await using disk = await createLoopDevice({ sizeBytes: diskBytes });
  await prepare(disk, { info: everything, configDrive });
  await prepare(disk, { boot: 'bios-msdos', info: { root_mb: 100 } });
  assert.deepEqual(showTable(disk, 512), ['dos', '1+100 83 active']);
});

test('a job that goes on finds the partitions again, and only those of its own request', async () => {
  await using disk = await createLoopDevice({ sizeBytes: diskBytes });
  const { context, request } = await preparation(disk, { info: everything, configDrive });
  assert.equal(await reopenPartitions(request, context), null);
  const made = await prepare(disk, { info: everything, configDrive });
  const before = readFileSync(disk.backingFile);
  const reopened = await reopenPartitions(request, context);
  assert.deepEqual(reopened?.root, made.root);
  const other = await preparation(disk, { info: { ...everything, ephemeral_mb: 33 }, configDrive });
  assert.equal(await reopenPartitions(other.request, other.context), null);
  assert.equal(readFileSync(disk.backingFile).compare(before), 0);
});

test('the config drive appears in no log', async () => {
  await using disk = await createLoopDevice({ sizeBytes: diskBytes });
  const canary = 'canary-7f3a91';
  const { context, request } = await preparation(disk, { configDrive: Buffer.from(canary.repeat(1000)) });
  await preparePartitions(request, context);
  assert.ok(context.entries.length > 5);
  const log = JSON.stringify(context.entries);
  assert.ok(!log.includes(canary) && !log.includes(Buffer.from(canary).toString('base64').slice(0, 12)));
});
