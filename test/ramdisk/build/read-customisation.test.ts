import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { CustomisationError, noCustomisation } from '../../../ramdisk/build/customisation.ts';
import { readCustomisation } from '../../../ramdisk/build/read-customisation.ts';

let folder = '';

function write(text: string): string {
  const file = path.join(folder, 'ramdisk.conf');
  writeFileSync(file, text);
  return file;
}

function refused(text: string): string {
  try {
    readCustomisation(write(text));
  } catch (error) {
    assert.ok(error instanceof CustomisationError);
    return error.message.replace(`${folder}/`, '');
  }
  throw new assert.AssertionError({ message: 'it was accepted' });
}

suite('configuration file of a ramdisk', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'customisation-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('an empty one changes nothing', () => assert.deepEqual(readCustomisation(write('')), noCustomisation));

  test('takes lists with commas, blanks and lines, and paths from its own folder', () => {
    mkdirSync(path.join(folder, 'over'));
    writeFileSync(path.join(folder, 'key.pub'), 'ssh-ed25519 AAAA somebody\n');
    writeFileSync(path.join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    const text = `[ramdisk]
# a comment
packages = htop, lldpd
  strace
firmware = firmware-bnx2x
modules = drivers/infiniband net/sched/sch_fq
files = over
ssh_keys = key.pub
ca_certificates = ca.pem
kernel_arguments = ipa-api-url=https://[2001:db8::1]:6385 ipa-debug=1
sources = deb http://mirror.example/debian bookworm main
  deb [check-valid-until=no] http://mirror.example/security bookworm-security main
`;
    assert.deepEqual(readCustomisation(write(text)), {
      packages: ['htop', 'lldpd', 'strace'],
      firmware: ['firmware-bnx2x'],
      modules: ['drivers/infiniband', 'net/sched/sch_fq'],
      managers: [],
      files: [path.join(folder, 'over')],
      caCertificates: [path.join(folder, 'ca.pem')],
      sshKeys: [path.join(folder, 'key.pub')],
      kernelArguments: ['ipa-api-url=https://[2001:db8::1]:6385', 'ipa-debug=1'],
      sources: [
        'deb http://mirror.example/debian bookworm main',
        'deb [check-valid-until=no] http://mirror.example/security bookworm-security main',
      ],
    });
  });

  test('names file, line and key of what it does not know', () => {
    const known = 'packages, firmware, modules, managers, files, ca_certificates, ssh_keys, kernel_arguments, sources';
    assert.equal(
      refused('[ramdisk]\npackage = a\n'),
      `ramdisk.conf:2: [ramdisk] package: expected one of [ramdisk] ${known}`,
    );
    assert.match(refused('[DEFAULT]\npackages = a\n'), /^ramdisk\.conf:2: \[DEFAULT\] packages: expected one of/);
    assert.match(refused('[ramdisk]\nconstructor = a\n'), /constructor: expected one of/);
  });

  const managers = 'files *.js, *.mjs or *.ts, or folders whose package.json names a manager';
  for (const [line, why] of [
    ['packages = htop;reboot', 'expected names of Debian packages, got htop;reboot'],
    ['modules = ../etc', 'expected folders or modules below kernel/, such as drivers/infiniband, got ../etc'],
    ['kernel_arguments = a="b', 'expected arguments of the kernel without quotes, got a="b'],
    [
      'sources = http://mirror.example',
      'expected lines of sources.list(5) that begin with deb, got http://mirror.example',
    ],
    ['files = nowhere', 'expected folders, got nowhere'],
    ['ssh_keys = ramdisk.conf', 'expected files with public ssh keys, got ramdisk.conf'],
    ['ca_certificates = ramdisk.conf', 'expected PEM files with certificates, got ramdisk.conf'],
    ['managers = nowhere.js', `expected ${managers}, got nowhere.js`],
    ['managers = ramdisk.conf', `expected ${managers}, got ramdisk.conf`],
    ['managers = .', `expected ${managers}, got .`],
  ] as const)
    test(`refuses ${line}`, () => {
      const said = refused(`[ramdisk]\n${line}\n`).replace(`${folder}/`, '').replace(folder, '.');
      assert.equal(said, `ramdisk.conf:2: [ramdisk] ${line.split(' ')[0]}: ${why}`);
    });

  test('takes managers that are files and packages, and refuses a second one of the same name', () => {
    for (const name of ['a', 'b']) mkdirSync(path.join(folder, name));
    for (const name of ['a/m.js', 'b/m.js', 'b/manager.js']) writeFileSync(path.join(folder, name), '');
    const ironhand = { hardwareManager: './manager.js', contract: 1 };
    writeFileSync(path.join(folder, 'b/package.json'), JSON.stringify({ name: 'b', ironhand }));
    const { managers: read } = readCustomisation(write('[ramdisk]\nmanagers = a/m.js, b\n'));
    assert.deepEqual(read, [path.join(folder, 'a/m.js'), path.join(folder, 'b')]);
    assert.equal(
      refused('[ramdisk]\nmanagers = a/m.js, b/m.js\n').replace(`${folder}/`, ''),
      'ramdisk.conf:2: [ramdisk] managers: expected each name once, got m.js again: b/m.js',
    );
  });

  test('names the line that is no INI, and a file that is not there', () => {
    assert.match(refused('[ramdisk]\nnonsense\n'), /^ramdisk\.conf:2: /);
    assert.throws(() => readCustomisation(path.join(folder, 'none')), /none: expected a file that can be read: ENOENT/);
  });
});
