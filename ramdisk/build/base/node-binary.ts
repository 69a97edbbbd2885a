import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { appDir } from '../../../scripts/cli/bundle.ts';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import type { Architecture } from '../architectures.ts';

const run = createRunProgram();

/** The Node that the lockfile pins, without its symbols. */
export async function nodeBinary({ nodePackage, strip }: Architecture): Promise<{ content: Buffer; version: string }> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'ironhand-node-'));
  try {
    const installed = path.join(appDir, 'node_modules', nodePackage, 'bin/node');
    const stripped = path.join(work, 'stripped');
    const { version, integrity } = await lockedPackage(nodePackage);
    const original = existsSync(installed) ? installed : await fetchNode(nodePackage, version, integrity, work);
    await run(strip, ['-o', stripped, original]);
    return { content: await readFile(stripped), version };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function lockedPackage(name: string): Promise<{ version: string; integrity: string }> {
  const lock = JSON.parse(await readFile(path.join(appDir, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { version: string; integrity: string } | undefined>>;
  };
  const found = lock.packages[`node_modules/${name}`];
  if (!found) throw new Error(`package-lock.json: expected ${name}, found none`);
  return found;
}

/** npm installs only the one of this machine's processor. */
async function fetchNode(name: string, version: string, integrity: string, work: string): Promise<string> {
  await run('npm', ['pack', '--silent', '--pack-destination', work, `${name}@${version}`]);
  const archive = path.join(work, `${name}-${version}.tgz`);
  const found = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (found !== integrity)
    throw new Error(`${name}@${version}: expected ${integrity} as in package-lock.json, got ${found}`);
  await run('tar', ['-C', work, '-xzf', archive, 'package/bin/node']);
  return path.join(work, 'package/bin/node');
}
