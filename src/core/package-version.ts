import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this agent, as its package.json says, for certificates and answers: `0.1.0`. */
export function packageVersion(): string {
  return readManifest(import.meta.dirname).version;
}

/** Beside the bundle in one case, some folders above this file in the other. */
function readManifest(directory: string): { readonly version: string } {
  for (let at = directory; at !== path.dirname(at); at = path.dirname(at)) {
    try {
      const text = readFileSync(path.join(at, 'package.json'), 'utf8');
      const manifest = JSON.parse(text) as { readonly name?: string; readonly version: string };
      if (manifest.name === 'ironhand') return manifest;
    } catch {
      // None in this folder: one above has it.
    }
  }
  throw new Error(`${directory}: no package.json of ironhand above it`);
}
