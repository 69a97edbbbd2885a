import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { machineSourceLines } from '../../../scripts/demo-image/debian-mirror.ts';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { touch } from '../tidy-cache.ts';
import type { BaseFacts } from './base-facts.ts';
import { type BaseRecipe, buildBase } from './build-base.ts';
import { fetchPackages } from './fetch-packages.ts';

export interface BaseRequest {
  readonly recipe: BaseRecipe;
  /** What apt is asked for. */
  readonly packages: readonly string[];
  readonly components: readonly string[];
  /** In place of this machine's mirrors. */
  readonly sources: readonly string[];
  readonly cacheDir: string;
  /** Packages that were fetched longer ago are fetched again. */
  readonly youngerThanMs: number;
  readonly tell: (line: string) => void;
}

export interface Base {
  readonly folder: string;
  readonly facts: BaseFacts;
}

/** A base is kept for as long as its packages, what is taken from them, and the program that builds it are the same. */
export async function cachedBase(request: BaseRequest): Promise<Base> {
  const { recipe, packages, cacheDir, tell } = request;
  const run = createRunProgram();
  const { architecture } = recipe;
  const sources = request.sources.length > 0 ? request.sources : await machineSourceLines(run, request.components);
  const order = { packages, architecture: architecture.debian, sources };
  const packagesDir = path.join(cacheDir, `ramdisk-packages-${digest(order)}`);
  if (!existsSync(packagesDir)) tell(`fetching Debian packages for ${architecture.debian}`);
  await fetchPackages(order, packagesDir, { run, youngerThanMs: request.youngerThanMs });
  const builder = [...globSync(['*.ts', '../output/cpio.ts'], { cwd: import.meta.dirname })].sort();
  const program = builder.map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8'));
  const lock = readFileSync(path.join(import.meta.dirname, '../../../package-lock.json'), 'utf8');
  const nodeVersion = new RegExp(`"node_modules/${architecture.nodePackage}": \\{[^}]*`).exec(lock)?.[0];
  const leftOut = recipe.leftOut.map(String);
  const key = digest({
    recipe: { ...recipe, leftOut },
    debs: (await readdir(packagesDir)).sort(),
    program,
    nodeVersion,
  });
  const prefix = `ramdisk-base-${architecture.debian}-`;
  const folder = path.join(cacheDir, prefix + key);
  if (!existsSync(folder)) {
    tell('putting the root together');
    await buildBase(recipe, packagesDir, folder);
  }
  await touch(folder);
  return { folder, facts: JSON.parse(await readFile(path.join(folder, 'base.json'), 'utf8')) as BaseFacts };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
