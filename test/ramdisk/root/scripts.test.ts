import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { projectRoot } from '../../../scripts/check-stages.ts';

const root = path.join(projectRoot, 'ramdisk/root');
const scripts = path.join(root, 'usr/libexec/ironhand');

suite('scripts of the ramdisk', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'ironhand-ramdisk-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const at = (name: string): string => path.join(folder, name);

  /** Runs one with a kernel command line. */
  function run(name: string, commandLine: string, ...rest: string[]): string {
    writeFileSync(at('cmdline'), `${commandLine}\n`);
    const { status, stderr } = spawnSync(path.join(scripts, name), [at('cmdline'), ...rest], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stderr;
  }

  for (const file of globSync(['usr/libexec/ironhand/*', 'usr/lib/systemd/system-generators/*'], { cwd: root })) {
    test(`${file} can be read by sh(1)`, () => {
      const { stderr } = spawnSync('sh', ['-n', path.join(root, file)], { encoding: 'utf8' });
      assert.equal(stderr, '');
    });
  }

  suite('boot-port', () => {
    const settings = path.join(root, 'usr/lib/systemd/network');
    const made = (): string => readFileSync(at('40-ironhand-boot-port.network'), 'utf8');

    for (const [how, parameter] of [
      ['as PXELINUX writes it', 'BOOTIF=01-52-54-00-AB-cd-EF'],
      ['as iPXE writes it', 'BOOTIF=52:54:00:ab:cd:ef'],
    ] as const) {
      test(`prefers the routes of the port that the machine was booted from, ${how}`, () => {
        run('boot-port', `console=ttyS0 ${parameter} quiet`, settings, folder);
        assert.match(made(), /^\[Match\]\nMACAddress=52:54:00:ab:cd:ef$/m);
        assert.deepEqual(made().match(/^RouteMetric=.*$/gm), ['RouteMetric=512', 'RouteMetric=512']);
        assert.match(made(), /^ClientIdentifier=mac$/m);
      });
    }

    test('prefers none where BOOTIF is no address of a port, and says so', () => {
      assert.match(run('boot-port', 'BOOTIF=eth0', settings, folder), /expected a MAC address/);
      assert.ok(!existsSync(at('40-ironhand-boot-port.network')));
    });
  });

  suite('ssh-keys', () => {
    test('makes host keys, and lets in who has the key of the kernel command line', () => {
      const line = 'quiet sshkey="ssh-ed25519 AAAAC3Nz me@there" BOOTIF=01';
      run('ssh-keys', line, folder, at('root'));
      run('ssh-keys', line, folder, at('root'));
      assert.equal(readFileSync(at('root/authorized_keys'), 'utf8'), 'ssh-ed25519 AAAAC3Nz me@there\n');
      assert.equal(statSync(at('root/authorized_keys')).mode & 0o777, 0o600);
      assert.equal(statSync(at('ssh_host_ed25519_key')).mode & 0o777, 0o600);
    });

    test('understands quotes around the whole parameter', () => {
      run('ssh-keys', '"sshkey=ssh-rsa AAAAB3 x" quiet', folder, at('root'));
      assert.equal(readFileSync(at('root/authorized_keys'), 'utf8'), 'ssh-rsa AAAAB3 x\n');
    });

    test('lets in nobody where there is none', () => {
      run('ssh-keys', 'quiet', folder, at('root'));
      assert.ok(!existsSync(at('root/authorized_keys')));
    });
  });
});
