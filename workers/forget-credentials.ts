import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { forgetSecretsInFile } from '../src/config/config-file.ts';
import type { Config } from '../src/core/config.ts';
import { wipeFile } from '../src/queue/root-only-file.ts';
import type { StateDir } from '../src/queue/state-dir.ts';

/**
 * What root has kept of token, passwords and keys, once nobody is served any more: whoever owns the machine from then on must not find
 * them. The api does the same with what is its own.
 */
export function forgetCredentials(config: Config, { configFile, media, mediaRecord }: StateDir): void {
  forgetSecretsInFile(config, configFile);
  wipeFile(mediaRecord);
  if (!existsSync(media)) return;
  for (const entry of readdirSync(media, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) wipeFile(path.join(entry.parentPath, entry.name));
  }
}
