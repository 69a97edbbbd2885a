import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { prepare } from '../../scripts/cli/prepare.ts';
import type { ConfigInput } from '../../src/config/load-config.ts';
import type { LsblkRow } from '../../src/tools/lsblk.ts';
import { type DriveFiles, fatImage, isoImage } from '../support/config-drive.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { mediaRow } from '../support/virtual-media.ts';

const booted = 'boot_method=vmedia ipa-api-url=http://kernel:6385 ipa-lookup-timeout=7';
const nodeUuid = '6f0f0b5c-9f0e-4b43-8c3a-1a2b3c4d5e6f';
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const configFiles: DriveFiles = {
  'etc/ironic-python-agent/ironic.crt': certificate,
  'etc/ironic-python-agent.d/ironic-tls.conf': '[DEFAULT]\ncafile = /etc/ironic-python-agent/ironic.crt\n',
  'etc/ironhand/ironhand.conf': '[DEFAULT]\nlookup_interval = 3\n',
  'etc/ironhand/other.conf': '[DEFAULT]\nlookup_interval = 4\n',
  'etc/passwd': 'root::0:0::/:/bin/sh\n',
};

async function deviceOf(image: Uint8Array): Promise<LoopDevice> {
  const sizeBytes = Math.ceil(image.length / 4096) * 4096;
  const device = await createLoopDevice({ sizeBytes });
  writeFileSync(device.path, image);
  return device;
}

/** The row that lsblk would give, were the loop device what a management controller shows. */
const asCd = ({ path: device, sizeBytes }: LoopDevice, label: string): LsblkRow =>
  mediaRow({ kernelName: path.basename(device), type: 'rom', sizeBytes, label });

/** What `prepare` makes of a machine with this kernel command line and these devices, and no other source of options. */
async function prepared(
  stateDir: string,
  kernelCommandLine: string,
  rows: readonly LsblkRow[],
  input: Partial<ConfigInput> = {},
) {
  const told: unknown[] = [];
  const tell = (fields: object, message: string) => void told.push({ ...fields, message });
  const machine = { ipv6: true, rootInMemory: false, ownNetworkNamespace: false };
  const outcome = await prepare(
    {},
    {
      readInputs: () => ({ argv: { stateDir }, env: {}, files: [], kernelCommandLine, machine, ...input }),
      media: { listDevices: async () => rows, sleep: async () => undefined, log: { info: tell, warn: tell } },
    },
  );
  return { ...outcome, told: JSON.stringify(told) };
}

describe('an agent that was booted from virtual media', () => {
  it('takes parameters of a FAT floppy over those of the kernel command line', async () => {
    using state = temporaryDirectory();
    await using floppy = await deviceOf(
      await fatImage(
        { 'parameters.txt': 'ipa-api-url=http://media:6385  ipa-agent-token=sesame\nroot=/x' },
        [],
        'ir-vfd-dev',
      ),
    );
    const { config } = await prepared(state.path, booted, [asCd(floppy, 'ir-vfd-dev')]);
    assert.deepEqual(config.apiUrls, ['http://media:6385']);
    assert.equal(config.agentToken, 'sesame');
    assert.equal(config.lookupTimeoutSeconds, 7);
  });

  it('reads configuration files and the authority to trust from an ISO, and leaves the machine as it is', async () => {
    using state = temporaryDirectory();
    await using iso = await deviceOf(await isoImage(configFiles));
    const { config } = await prepared(state.path, booted, [asCd(iso, 'config-2')]);
    assert.equal(config.lookupIntervalSeconds, 3);
    assert.equal(config.caFile, path.join(state.path, 'media/etc/ironic-python-agent/ironic.crt'));
    assert.equal(readFileSync(config.caFile ?? '', 'utf8'), certificate);
    assert.equal(statSync(config.caFile ?? '').mode & 0o777, 0o640); // for the group of the api, where it has one
    assert.equal(statSync(state.path).mode & 0o777, 0o700);
    const told = JSON.parse(readFileSync(path.join(state.path, 'config.json'), 'utf8')) as { caFile: string };
    assert.equal(told.caFile, config.caFile);
  });

  it('reads them from a boot ISO, however large the rest of it is', async () => {
    using state = temporaryDirectory();
    const files = { ...configFiles, 'boot/initramfs': new Uint8Array(80 * 1024 ** 2), 'boot/vmlinuz': 'kernel' };
    await using iso = await deviceOf(await isoImage(files, undefined, 'VMEDIA_BOOT_ISO'));
    const { config } = await prepared(state.path, booted, [asCd(iso, 'VMEDIA_BOOT_ISO')]);
    assert.equal(config.lookupIntervalSeconds, 3);
  });

  it('prefers a file of the media to one of the machine, and a flag to both', async () => {
    using state = temporaryDirectory();
    await using fat = await deviceOf(await fatImage(configFiles));
    const files = [{ path: '/etc/ironhand/ironhand.conf', text: '[DEFAULT]\nlookup_interval = 9\nlookup_timeout = 9' }];
    const argv = { stateDir: state.path, lookupTimeoutSeconds: 11 };
    const { config } = await prepared(state.path, booted, [asCd(fat, 'config-2')], { files, argv });
    assert.deepEqual([config.lookupIntervalSeconds, config.lookupTimeoutSeconds], [3, 11]);
  });

  it('passes over the configuration of another publisher', async () => {
    using state = temporaryDirectory();
    using later = temporaryDirectory(); // of another boot: in the same one media are read once
    const args = ['-J', '-r', '-publisher', nodeUuid];
    await using iso = await deviceOf(await isoImage(configFiles, args));
    const rows = [asCd(iso, 'config-2')];
    assert.equal((await prepared(state.path, `${booted} ir_pub_id=${nodeUuid}`, rows)).config.lookupIntervalSeconds, 3);
    const other = await prepared(later.path, `${booted} ir_pub_id=${nodeUuid.replace('6', '7')}`, rows);
    assert.equal(other.config.lookupIntervalSeconds, 1);
    assert.match(other.told, /another publisher passed over/);
  });

  it('warns where there are no media, or only a disk that calls itself one', async () => {
    using state = temporaryDirectory();
    await using iso = await deviceOf(await isoImage(configFiles));
    const row = { ...asCd(iso, 'config-2'), type: 'disk', transport: 'sata' };
    const { config, told } = await prepared(state.path, booted, [row]);
    assert.equal(config.caFile, null);
    assert.match(told, /labelled config-2: expected a CD.*booted from virtual media, and none found/);
  });

  it('does not start on media that cannot be understood', async () => {
    using state = temporaryDirectory();
    await using empty = await createLoopDevice({ sizeBytes: 1024 ** 2 });
    await using bare = await deviceOf(await fatImage({ 'other.txt': '' }));
    const fat = await fatImage(configFiles);
    fat.fill(1, 512, 512 * 24); // the allocation tables
    await using damaged = await deviceOf(fat);
    for (const [device, label, message] of [
      [empty, 'config-2', /expected an ISO 9660 or FAT file system/],
      [bare, 'ir-vfd-dev', /expected a file parameters\.txt, got none/],
      [damaged, 'config-2', /its FAT image is damaged/],
    ] as const) {
      await assert.rejects(prepared(state.path, booted, [asCd(device, label)]), {
        name: 'ConfigurationError',
        message,
      });
    }
  });

  for (const [name, value] of [
    ['devices', '/dev/sda'],
    ['hardware_manager_dir', '/tmp/x'],
    ['redis_socket', '/tmp/x'],
    ['rescue_dir', '/etc'],
    ['boot_id_file', '/etc/machine-id'],
  ]) {
    it(`does not let the media say ${name}`, async () => {
      using state = temporaryDirectory();
      const text = `[DEFAULT]\n${name} = ${value}\n`;
      await using iso = await deviceOf(await isoImage({ 'etc/ironhand.d/a.conf': text }));
      const source = 'virtual media:/etc/ironhand.d/a.conf:2';
      await assert.rejects(prepared(state.path, booted, [asCd(iso, 'config-2')]), {
        name: 'ConfigurationError',
        message: `Invalid configuration: ${name}: expected from whoever starts the agent, got it from ${source}`,
      });
    });
  }
});

describe('an agent that was not booted from virtual media', () => {
  for (const kernelCommandLine of ['ipa-api-url=http://kernel:6385', 'boot_method=pxe', 'xboot_method=vmedia']) {
    it(`looks for none with "${kernelCommandLine}"`, async () => {
      using state = temporaryDirectory();
      await using floppy = await deviceOf(await fatImage({ 'parameters.txt': 'boot_method=vmedia ipa-insecure=1' }));
      const { config, told } = await prepared(state.path, kernelCommandLine, [asCd(floppy, 'ir-vfd-dev')]);
      assert.equal(config.insecure, false);
      assert.equal(told, '[]');
    });
  }
});
