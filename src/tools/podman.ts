import type { RunTool, ToolNeed } from '../core/tool.ts';
import { isInstalled } from './is-installed.ts';

/** Only for deployments of bootable containers. */
export const need: ToolNeed = { program: 'podman', package: 'podman', optional: true };

/** An image of several GiB from a slow registry. */
const pullSeconds = 3600;
const installSeconds = 3600;

/** There is one at a time, and one that is left behind is told by it. */
const container = 'ironhand-bootc';

/** What bootc is asked for (bootc-install-to-disk(8)). */
export interface BootcInstall {
  /** As podman knows it, already pulled. */
  readonly image: string;
  readonly device: string;
  readonly rootSizeMib: number;
  /** File with the keys of root; null for none. */
  readonly authorizedKeysFile: string | null;
  readonly tpm2Luks: boolean;
  readonly disableSelinux: boolean;
}

export function isPodmanInstalled(run: RunTool): Promise<boolean> {
  return isInstalled(run, { program: need.program, args: ['--version'] });
}

/** podman-pull(1) */
export function pullArgs(image: string, authFile: string | null): readonly string[] {
  return ['pull', '--retry-delay=5s', ...(authFile === null ? [] : [`--authfile=${authFile}`]), image];
}

/**
 * podman-run(1). The container is privileged, sees all processes and devices, and its own image: bootc copies that to the disk.
 * It is never pulled again: what runs is what was pulled while the credentials were there.
 */
export function installArgs(install: BootcInstall): readonly string[] {
  const { image, device, rootSizeMib, authorizedKeysFile: keys, tpm2Luks, disableSelinux } = install;
  const volumes = [
    '/dev:/dev',
    '/var/lib/containers:/var/lib/containers',
    ...(keys === null ? [] : [`${keys}:${keys}:ro`]),
  ];
  return [
    ...['run', '--rm', '--replace', `--name=${container}`],
    ...['--privileged', '--pid=host', '--pull=never', '--security-opt=label=disable'],
    ...volumes.map((volume) => `--volume=${volume}`),
    image,
    ...['bootc', 'install', 'to-disk', '--wipe', '--skip-fetch-check', `--root-size=${rootSizeMib}M`],
    ...(tpm2Luks ? ['--block-setup=tpm2-luks'] : []),
    ...(keys === null ? [] : [`--root-ssh-authorized-keys=${keys}`]),
    ...(disableSelinux ? ['--disable-selinux'] : []),
    device,
  ];
}

/** Into the storage of this machine, which in the ramdisk is memory. */
export async function pullImage(run: RunTool, image: string, authFile: string | null): Promise<void> {
  const effect = { kind: 'kernel' } as const;
  await run({ program: need.program, args: pullArgs(image, authFile), effect, timeoutSeconds: pullSeconds });
}

export async function installImage(run: RunTool, install: BootcInstall): Promise<void> {
  const effect = { kind: 'device', device: install.device } as const;
  await run({ program: need.program, args: installArgs(install), effect, timeoutSeconds: installSeconds });
}

/** podman-rm(1). A container goes on by itself when podman is killed, and bootc in it would go on writing to the disk. */
export async function endInstall(run: RunTool): Promise<void> {
  const args = ['rm', '--force', '--time=0', '--ignore', container];
  await run({ program: need.program, args, effect: { kind: 'kernel' }, evenWhenAborted: true });
}
