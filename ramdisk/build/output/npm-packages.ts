import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { appDir } from '../../../scripts/cli/bundle.ts';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression, which is what npm asks for; null where it says nothing. */
  readonly licence: string | null;
}

/** What the lockfile knows of packages that are in the bundles. */
export async function npmPackages(names: readonly string[]): Promise<readonly NpmPackage[]> {
  const lock = JSON.parse(await readFile(path.join(appDir, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly license?: string }>>;
  };
  return names.map((name) => {
    const found = lock.packages[`node_modules/${name}`];
    if (!found) throw new Error(`package-lock.json: expected ${name}, which is in a bundle, found none`);
    return { name, version: found.version, licence: found.license ?? null };
  });
}
