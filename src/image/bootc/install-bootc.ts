import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BlockDevice } from '../../core/block-device.ts';
import type { IronicNode } from '../../core/ironic-node.ts';
import type { JobContext } from '../../core/job-context.ts';
import {
  CommandExecutionError,
  DeviceNotFoundError,
  ImageDownloadError,
  ImageWriteError,
} from '../../errors/catalogue.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { wipeFile, writeRootOnly } from '../../queue/root-only-file.ts';
import { chooseRootDevice } from '../../storage/choose-root-device.ts';
import { assertMayDestroy } from '../../storage/guard.ts';
import { endInstall, installImage, isPodmanInstalled, need, pullImage } from '../../tools/podman.ts';
import { addConfigDrive } from '../config-drive/add-drive.ts';
import { loadConfigDrive } from '../config-drive/load-drive.ts';
import { configuredOptions } from '../http/configured-options.ts';
import { showToKernel } from '../whole-disk/show-to-kernel.ts';
import { authFileText, type ContainerSource, parseContainerSource } from './container-source.ts';

export interface BootcRequest {
  readonly imageSource: string;
  /** bootc_authorized_keys and bootc_tpm2_luks count. */
  readonly instanceInfo: Readonly<Record<string, unknown>>;
  readonly pullSecret: string | null;
  readonly configdrive: string | object | null;
  /** Whose root device hints and skip list count; null where none is known yet. */
  readonly node: IronicNode | null;
}

/** Left free beside the root file system: boot partitions, and the config drive at the end. */
const reservedMib = 768;
const mebibyte = 1024 * 1024;

/**
 * Installs a bootable container on the root device: podman pulls the image, and bootc in it lays itself out on the disk. Nothing of
 * the disk is touched before podman, the image, the config drive and the device have been found good. A privileged container can
 * change anything of the machine, so outside a ramdisk it is refused whatever devices are named. Gives the result in words.
 */
export async function installBootc(request: BootcRequest, context: JobContext): Promise<string> {
  await requirePodman(context);
  const source = parseContainerSource(request.imageSource);
  const authFile = request.pullSecret === null ? null : authFileText(request.pullSecret, source.registry);
  const device = await chooseDevice(request.node, context);
  for (const effect of [{ kind: 'kernel' }, { kind: 'device', device: device.path }] as const)
    context.latch.permit(effect);
  const drive = await loadDrive(request.configdrive, device, context);
  await pull(source, authFile, context);
  await install(source, device, request.instanceInfo, context);
  await showToKernel(device.path, context);
  if (drive) {
    const partition = await addConfigDrive(device, drive, context);
    context.log.info({ device: device.path, partition }, 'config drive written');
    await showToKernel(device.path, context);
  }
  await context.state.write('writtenImage', { id: request.imageSource, device: device.path });
  return `Container image (${request.imageSource}) written to device ${device.path}`;
}

async function requirePodman({ config, run }: JobContext): Promise<void> {
  if (config.disableBootcDeploy) {
    throw new CommandExecutionError('deployments of bootable containers are switched off by disable_bootc_deploy');
  }
  if (await isPodmanInstalled(run)) return;
  throw new CommandExecutionError(
    `deployments of bootable containers are not available: ${need.program} is not installed (Debian package ${need.package})`,
  );
}

async function chooseDevice(wanted: IronicNode | null, context: JobContext): Promise<BlockDevice> {
  const { node, device } = await chooseRootDevice(wanted, context);
  if (rootSizeMib(device) < 1) {
    const size = `${Math.floor(device.sizeBytes / mebibyte)} MiB`;
    throw new DeviceNotFoundError(
      `${device.path}: expected more than ${reservedMib} MiB for a bootable container, found ${size}`,
    );
  }
  await assertMayDestroy([device], context, { node });
  return device;
}

function rootSizeMib({ sizeBytes }: BlockDevice): number {
  return Math.floor(sizeBytes / mebibyte) - reservedMib;
}

async function loadDrive(
  given: string | object | null,
  { logicalSectorBytes }: BlockDevice,
  context: JobContext,
): Promise<Uint8Array | null> {
  if (given === null || given === '') return null;
  const fit = { sectorBytes: logicalSectorBytes, rebuild: context.config.configDriveRebuild };
  return await loadConfigDrive(given, { ...fit, imageUrls: [] }, configuredOptions(context));
}

/** The credentials are gone before anything of the image runs. */
async function pull({ image }: ContainerSource, authText: string | null, context: JobContext): Promise<void> {
  const authFile = authText === null ? null : path.join(context.spoolDir, `pull-secret-${context.jobId}.json`);
  try {
    if (authFile !== null && authText !== null) writeRootOnly(authFile, authText);
    if (context.latch.open) allowRootInMemory();
    await pullImage(context.run, image, authFile);
  } catch (error) {
    if (!(error instanceof ToolError) || context.signal.aborted) throw error;
    throw new ImageDownloadError(`Download of image ${image} failed: ${error.message}`, { cause: error });
  } finally {
    if (authFile !== null) wipeFile(authFile);
  }
}

/** A root file system in memory cannot be pivoted (containers.conf(5), no_pivot_root). */
function allowRootInMemory(): void {
  const directory = '/etc/containers/containers.conf.d';
  mkdirSync(directory, { recursive: true });
  writeRootOnly(path.join(directory, '50-ironhand.conf'), '[engine]\nno_pivot_root = true\n');
}

async function install(
  { image }: ContainerSource,
  device: BlockDevice,
  { bootc_authorized_keys: keys, bootc_tpm2_luks: tpm2 }: BootcRequest['instanceInfo'],
  context: JobContext,
): Promise<void> {
  const keysFile = typeof keys === 'string' ? path.join(context.spoolDir, `authorized-keys-${context.jobId}`) : null;
  try {
    if (keysFile !== null) writeRootOnly(keysFile, String(keys));
    await installImage(context.run, {
      image,
      device: device.path,
      rootSizeMib: rootSizeMib(device),
      authorizedKeysFile: keysFile,
      tpm2Luks: tpm2 === true || tpm2 === 'true',
      disableSelinux: !existsSync('/sys/fs/selinux/enforce'),
    });
  } catch (error) {
    await endInstall(context.run).catch((reason: unknown) => {
      context.log.warn({ device: device.path, error: reason }, 'the container may still write to the disk');
    });
    if (!(error instanceof ToolError) || context.signal.aborted) throw error;
    // The exit code of podman-run(1) for a command that is not in the image.
    if (error.exitCode === 127)
      throw new ImageDownloadError(`image ${image} has no bootc in it: ${error.message}`, { cause: error });
    throw new ImageWriteError(`bootc could not install ${image} to ${device.path}: ${error.message}`, { cause: error });
  } finally {
    if (keysFile !== null) wipeFile(keysFile);
  }
}
