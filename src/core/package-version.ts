import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  readonly version: string;
  readonly description: string;
}

/** The version of this agent, as its package.json says, for certificates and answers: `0.1.0`. */
export function packageVersion(): string {
  return packageManifest().version;
}

/** What package.json says of this agent: beside the bundle in one case, some folders above this file in the other. */
export function packageManifest(directory = import.meta.dirname): Manifest {
  for (let at = directory; at !== path.dirname(at); at = path.dirname(at)) {
    try {
      const text = readFileSync(path.join(at, 'package.json'), 'utf8');
      const manifest = JSON.parse(text) as Manifest & { readonly name?: string };
      if (manifest.name === 'ironhand') return manifest;
    } catch {
      // None in this folder: one above has it.
    }
  }
  throw new Error(`${directory}: no package.json of ironhand above it`);
}
