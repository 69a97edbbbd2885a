import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Config } from '../../src/core/config.ts';
import type { JobContext } from '../../src/core/job-context.ts';
import { type BootcRequest, installBootc } from '../../src/image/bootc/install-bootc.ts';
import { createToolRunner } from '../../src/tools/run.ts';
import { asText, driveFiles, isoImage } from '../support/config-drive.ts';
import { gptImage } from '../support/gpt-image.ts';
import { createJobContext } from '../support/job-context.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { standInPodman } from '../support/stand-in-podman.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MiB = 1024 * 1024;
const diskBytes = 1000 * MiB;
const canary = 'canary-7d31';

function requestFor(disk: LoopDevice, more: Partial<BootcRequest> = {}): BootcRequest {
  return {
    imageSource: 'oci://registry.example/os:1',
    instanceInfo: { bootc_authorized_keys: `ssh-ed25519 ${canary}` },
    pullSecret: Buffer.from(`user:${canary}`).toString('base64'),
    configdrive: null,
    node: { uuid: 'n', properties: { root_device: { name: disk.path } } },
    ...more,
  };
}

/** A job that may change this device, and start a container as in a ramdisk, with a podman that is none. */
function bench(disk: LoopDevice, directory: string, spoolDir: string) {
  const context = createJobContext({ devices: [disk.path], spoolDir });
  const image = path.join(directory, 'image');
  writeFileSync(image, gptImage({ sizeBytes: 20 * MiB }));
  const permit: JobContext['latch']['permit'] = (effect) => {
    if (effect.kind !== 'kernel') context.latch.permit(effect);
  };
  const latch = { ...context.latch, permit };
  const podman = standInPodman(directory, image, createToolRunner({ latch, log: context.log }));
  return { podman, context, inRamdisk: { ...context, run: podman.run, latch } };
}

describe('a deployment of a bootable container', () => {
  it('pulls with credentials that are gone afterwards, installs, and adds the config drive', async () => {
    await using disk = await createLoopDevice({ sizeBytes: diskBytes });
    using directory = temporaryDirectory();
    using spool = temporaryDirectory();
    const { podman, context, inRamdisk } = bench(disk, directory.path, spool.path);
    const configdrive = asText(await isoImage(driveFiles));
    const result = await installBootc(requestFor(disk, { configdrive }), inRamdisk);
    assert.equal(result, `Container image (oci://registry.example/os:1) written to device ${disk.path}`);

    const [version, pull, install] = podman.calls();
    assert.deepEqual(version, ['--version']);
    assert.equal(pull?.[0], 'pull');
    assert.equal(pull?.at(-1), 'registry.example/os:1');
    assert.ok(install?.includes('--pull=never'));
    assert.ok(install?.includes(`--root-size=${1000 - 768}M`));
    assert.ok(!install?.some((arg) => arg.startsWith('--authfile')));
    assert.match(podman.authFile(), /^600\n\{"auths":\{"registry.example":/);
    assert.deepEqual(readdirSync(spool.path), []);
    assert.doesNotMatch(JSON.stringify([context.entries, context.facts]), new RegExp(canary));

    assert.match(execFileSync('sgdisk', ['--verify', disk.path], { encoding: 'utf8' }), /No problems found/);
    const label = execFileSync('blkid', ['-p', '-s', 'LABEL', '-o', 'value', `${disk.path}p2`], { encoding: 'utf8' });
    assert.equal(label, 'config-2\n');
    assert.deepEqual(context.facts.writtenImage, { id: 'oci://registry.example/os:1', device: disk.path });
  });

  it('leaves the disk alone where the image cannot be pulled', async () => {
    await using disk = await createLoopDevice({ sizeBytes: diskBytes });
    using directory = temporaryDirectory();
    using spool = temporaryDirectory();
    const { podman, inRamdisk } = bench(disk, directory.path, spool.path);
    const request = requestFor(disk, { imageSource: 'oci://registry.example/missing' });
    await assert.rejects(installBootc(request, inRamdisk), { name: 'ImageDownloadError', message: /manifest unknown/ });
    assert.equal(podman.calls().length, 2);
    execFileSync('cmp', [`--bytes=${diskBytes}`, '/dev/zero', disk.backingFile]);
    assert.deepEqual(readdirSync(spool.path), []);
  });

  it('ends the container where podman failed or was killed, so that nothing writes to the disk any more', async () => {
    await using disk = await createLoopDevice({ sizeBytes: diskBytes });
    using directory = temporaryDirectory();
    using spool = temporaryDirectory();
    const { podman, inRamdisk } = bench(disk, directory.path, spool.path);
    const request = requestFor(disk, { imageSource: 'oci://registry.example/broken' });
    await assert.rejects(installBootc(request, inRamdisk), { name: 'ImageWriteError', message: /bootc: no/ });
    const [run, end] = podman.calls().slice(-2);
    const name = run?.find((arg) => arg.startsWith('--name='))?.slice('--name='.length);
    assert.ok(run?.includes('--replace'));
    assert.deepEqual(end, ['rm', '--force', '--time=0', '--ignore', name]);
    assert.deepEqual(readdirSync(spool.path), []);
  });

  const refusals: readonly (readonly [string, Partial<Config>, Partial<BootcRequest>, object])[] = [
    ['it is switched off', { disableBootcDeploy: true }, {}, { message: /disable_bootc_deploy/ }],
    ['the address is none', {}, { imageSource: 'os:1' }, { name: 'InvalidCommandParamsError' }],
    ['no node is known', {}, { node: null }, { name: 'DeviceNotFound' }],
    ['the config drive is none', {}, { configdrive: 'x' }, { name: 'DeploymentError' }],
  ];
  for (const [when, config, more, error] of refusals) {
    it(`is refused before anything is pulled where ${when}`, async () => {
      await using disk = await createLoopDevice({ sizeBytes: diskBytes });
      using directory = temporaryDirectory();
      using spool = temporaryDirectory();
      const { podman, inRamdisk } = bench(disk, directory.path, spool.path);
      const context = { ...inRamdisk, config: { ...inRamdisk.config, ...config } };
      await podman.run({ program: 'podman', args: ['--version'], effect: { kind: 'read' } });
      await assert.rejects(installBootc(requestFor(disk, more), context), error);
      assert.ok(podman.calls().every(([command]) => command === '--version'));
    });
  }

  it('is refused before anything is pulled where the disk is too small', async () => {
    await using disk = await createLoopDevice({ sizeBytes: 768 * MiB });
    using directory = temporaryDirectory();
    using spool = temporaryDirectory();
    const { podman, inRamdisk } = bench(disk, directory.path, spool.path);
    await assert.rejects(installBootc(requestFor(disk), inRamdisk), { message: /more than 768 MiB .* found 768 MiB/ });
    assert.deepEqual(podman.calls(), [['--version']]);
  });

  it('is refused outside a ramdisk, although the device is named', async () => {
    await using disk = await createLoopDevice({ sizeBytes: diskBytes });
    using directory = temporaryDirectory();
    using spool = temporaryDirectory();
    const { podman, context } = bench(disk, directory.path, spool.path);
    const outside = { ...context, run: podman.run };
    await assert.rejects(installBootc(requestFor(disk), outside), { name: 'SafetyLatchError' });
    assert.deepEqual(podman.calls(), [['--version']]);
  });

  it('is not available without podman, and says so', { skip: isPodmanHere() }, async () => {
    await using disk = await createLoopDevice({ sizeBytes: 8 * MiB });
    const context = createJobContext({ devices: [disk.path] });
    await assert.rejects(installBootc(requestFor(disk), context), {
      name: 'CommandExecutionError',
      details: /not available: podman is not installed/,
    });
  });
});

function isPodmanHere(): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => {
    try {
      return readdirSync(directory).includes('podman');
    } catch {
      return false;
    }
  });
}
