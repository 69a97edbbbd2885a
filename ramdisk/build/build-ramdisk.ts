import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Profile } from '../profiles/profile.ts';
import { addAccounts } from './add-accounts.ts';
import { agentLayer } from './agent-layer.ts';
import type { Architecture } from './architectures.ts';
import { cachedBase } from './base/cached-base.ts';
import { baseRecipe, orderedPackages } from './base-recipe.ts';
import type { Customisation } from './customisation.ts';
import { customise } from './customise.ts';
import { cpioArchive } from './output/cpio.ts';
import type { OutputName } from './output/output-names.ts';
import { outputs } from './output/outputs.ts';
import { type Compression, compress, compressedSegments } from './output/segments.ts';
import { tidyCache } from './tidy-cache.ts';
import { toolNeeds } from './tool-needs.ts';

export interface BuildRequest {
  readonly profile: Profile;
  readonly architecture: Architecture;
  readonly compression: Compression;
  readonly outputs: readonly OutputName[];
  readonly customisation: Customisation;
  readonly out: string;
  readonly cacheDir: string;
  /** Packages that were fetched longer ago are fetched again. */
  readonly youngerThanMs: number;
}

export type Tell = (line: string) => void;

/** Writes the files that are asked for into the folder `out`. */
export async function buildRamdisk(request: BuildRequest, tell: Tell): Promise<void> {
  const { architecture, cacheDir, customisation } = request;
  const recipe = baseRecipe(request, await toolNeeds());
  const components = customisation.firmware.length > 0 ? ['non-free-firmware'] : [];
  await mkdir(cacheDir, { recursive: true });
  const [base, agent] = await Promise.all([
    cachedBase({
      recipe,
      packages: orderedPackages(recipe),
      components,
      sources: customisation.sources,
      cacheDir,
      youngerThanMs: request.youngerThanMs,
      tell,
    }),
    agentLayer(),
  ]);
  await customise(agent.tree, customisation, await readFile(path.join(base.folder, 'ca-certificates.crt')));
  addAccounts(agent.tree, base.facts);
  const segments = await compressedSegments(base, request.compression, cacheDir);
  const initramfs = [...segments, await compress(cpioArchive(agent.tree), request.compression)];
  const vmlinuz = await readFile(path.join(base.folder, 'vmlinuz'));
  await mkdir(request.out, { recursive: true });
  const parts = { request, base, agent, vmlinuz, initramfs };
  for (const name of request.outputs) await writeFile(path.join(request.out, name), await outputs[name](parts));
  await tidyCache(cacheDir);
  const bytes = initramfs.reduce((sum, each) => sum + each.length, vmlinuz.length);
  tell(`${request.out}: ${architecture.name}, kernel and initramfs ${(bytes / 1e6).toFixed(1)} MB`);
}
