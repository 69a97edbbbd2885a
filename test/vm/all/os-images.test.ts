import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type BootReport, bootReportLine, parseBootReport } from '../lab/os-images/boot-report.ts';
import { cachedImage } from '../lab/os-images/cached-image.ts';
import { tinyImage } from '../lab/os-images/tiny.ts';
import { VirtualMachine } from '../lab/virtual-machine.ts';

const mebibyte = 2 ** 20;

for (const firmware of ['bios', 'uefi'] as const) {
  test(`the tiny system boots by ${firmware}, twice, and tells of itself and of its config drive`, {
    timeout: 400_000,
  }, async () => {
    const image = await tinyImage();
    await using machine = new VirtualMachine({
      name: `tiny-${firmware}`,
      firmware,
      memoryMebibytes: 256,
      disks: [
        { id: 'disk0', bus: 'virtio', sizeBytes: 128 * mebibyte },
        { id: 'config', bus: 'virtio', sizeBytes: mebibyte },
      ],
    });
    copyFileSync(image.raw, machine.diskFile('disk0'));
    makeConfigDrive(machine.diskFile('config'), { uuid: 'a-uuid', name: 'lab-0', hostname: 'lab-0.example' });
    const first = await reportOf(machine);
    assert.deepEqual(first, {
      os: 'tiny',
      firmware,
      rootDevice: '/dev/vda3',
      boots: 1,
      bootEntry: first.bootEntry,
      configDrive: { device: '/dev/vdb', files: 1, uuid: 'a-uuid', name: 'lab-0', hostname: 'lab-0.example' },
    });
    assert.equal(first.bootEntry !== null, firmware === 'uefi');
    if (first.bootEntry) assert.match(first.bootEntry.number, /^[0-9A-F]{4}$/);
    if (first.bootEntry) assert.match(first.bootEntry.label, /^UEFI_/);
    await machine.cutPower();
    assert.equal((await reportOf(machine)).boots, 2);
    assert.deepEqual(await machine.serial.ask('/bin/busybox uname -s', /^Linux$/m, 60).then(([text]) => text), 'Linux');
  });
}

test('an image is made once; a failure leaves nothing, and images of its name that nobody used for a week go', async () => {
  const cacheDir = mkdtempSync(path.join(tmpdir(), 'os-image-cache-'));
  let made = 0;
  const make = async (): Promise<void> => {
    made += 1;
  };
  try {
    await assert.rejects(
      cachedImage('a', cacheDir, () => Promise.reject(new Error('no mirror'))),
      /no mirror/,
    );
    assert.deepEqual(readdirSync(cacheDir), []);
    for (const old of ['vm-os-a-old', 'vm-os-a-recent', 'vm-os-b-old']) mkdirSync(path.join(cacheDir, old));
    for (const old of ['vm-os-a-old', 'vm-os-b-old']) utimesSync(path.join(cacheDir, old), 1, 1);
    const first = await cachedImage('a', cacheDir, make);
    assert.deepEqual(await cachedImage('a', cacheDir, make), first);
    assert.equal(made, 1);
    const its = path.basename(path.dirname(first.raw));
    assert.deepEqual(readdirSync(cacheDir).sort(), [its, 'vm-os-a-recent', 'vm-os-b-old'].sort());
    utimesSync(path.join(cacheDir, its), 1, 1);
    await cachedImage('a', cacheDir, make);
    assert.ok(readdirSync(cacheDir).includes(its), 'what is used is not old');
  } finally {
    rmSync(cacheDir, { recursive: true, force: true });
  }
});

async function reportOf(machine: VirtualMachine): Promise<BootReport> {
  await machine.start({ from: 'disk', id: 'disk0' });
  return parseBootReport((await machine.serial.waitFor(bootReportLine, 150))[0]);
}

function makeConfigDrive(file: string, metaData: object): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'config-drive-'));
  try {
    mkdirSync(path.join(folder, 'openstack/latest'), { recursive: true });
    writeFileSync(path.join(folder, 'openstack/latest/meta_data.json'), JSON.stringify(metaData));
    execFileSync('genisoimage', ['-quiet', '-R', '-J', '-V', 'config-2', '-o', file, folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
