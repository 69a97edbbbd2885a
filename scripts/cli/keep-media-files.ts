import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type MediaFile, textOf } from '../../src/boot/virtual-media/media-files.ts';
import type { Config } from '../../src/core/config.ts';
import { writeForApi } from '../../src/queue/root-only-file.ts';
import type { StateDir } from '../../src/queue/state-dir.ts';

/** Options that name a file which may come with the configuration: the authority to trust, certificates and keys. */
const fileOptions = ['caFile', 'certFile', 'keyFile', 'tlsCertFile', 'tlsKeyFile'] as const;

/**
 * Keeps the files of virtual media in the state directory, nothing of the machine is written over, and has the options that
 * name one of them by its path in the ramdisk (`/etc/ironic-python-agent/ironic.crt`) name it there.
 */
export function keepMediaFiles(files: readonly MediaFile[], config: Config, state: StateDir): Config {
  const wanted = files.filter((file) => fileOptions.some((option) => config[option] === file.path));
  const kept = new Map(wanted.map((file) => [file.path, path.join(state.media, file.path)]));
  for (const file of wanted) {
    const place = path.join(state.media, file.path);
    mkdirSync(path.dirname(place), { recursive: true, mode: 0o700 });
    writeForApi(place, textOf(file.path, file.bytes));
  }
  const moved = fileOptions.flatMap((option) => {
    const place = kept.get(config[option] ?? '');
    return place === undefined ? [] : [[option, place] as const];
  });
  return Object.freeze({ ...config, ...Object.fromEntries(moved) });
}
