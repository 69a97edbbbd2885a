import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { machineSourceLine } from '../../../scripts/demo-image/debian-mirror.ts';
import { mmdebstrap } from '../../../scripts/demo-image/mmdebstrap.ts';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import type { IronicRelease } from './ironic-release.ts';

const cache = path.join(import.meta.dirname, '../../../.cache');

/** qemu-utils: the conductor asks qemu-img for the format of an image. ipmitool: it switches machines by their BMC. */
const commonPackages = ['python3-ironic', 'qemu-utils', 'ipmitool'];

const leftOut = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*'];

/**
 * A folder with a Debian that has this Ironic: from the cache, or installed within two minutes. Nothing of it is installed on
 * this machine. Needs root; throws when no mirror has the release.
 */
export async function ironicRoot(release: IronicRelease): Promise<string> {
  const packages = [...commonPackages, ...release.packages];
  const recipe = createHash('sha256').update(packages.join()).digest('hex').slice(0, 8);
  const root = path.join(cache, `ironic-${release.suite}-${recipe}`);
  if (existsSync(root)) return root;
  const work = `${root}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  const run = createRunProgram();
  try {
    await mmdebstrap(run, [
      ...['--quiet', '--mode=root', '--variant=minbase', `--include=${packages.join(',')}`],
      ...['--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Retries "8"'],
      // A mirror may be frozen; signatures are checked all the same.
      '--aptopt=Acquire::Check-Valid-Until "false"',
      ...leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      ...[release.suite, work, await machineSourceLine(run, release.suite)],
    ]);
    await writeFile(path.join(work, 'etc/hosts'), '127.0.0.1 localhost\n');
    await rename(work, root).catch((error: unknown) => {
      if (!existsSync(root)) throw error; // else another run was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return root;
}
