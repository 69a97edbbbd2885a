import { existsSync, readFileSync } from 'node:fs';
import type { VirtualMedia } from '../../src/boot/virtual-media/read-virtual-media.ts';
import { writeRootOnly } from '../../src/queue/root-only-file.ts';
import type { StateDir } from '../../src/queue/state-dir.ts';

interface Kept {
  readonly parameters: string;
  readonly files: readonly { readonly path: string; readonly base64: string }[];
}

/**
 * What virtual media said earlier in this boot; null where they have not been read. They are read once: a management controller may
 * eject them at any time, and whoever is started again must still know the same Ironic.
 */
export function keptMedia({ mediaRecord }: StateDir): VirtualMedia | null {
  if (!existsSync(mediaRecord)) return null;
  const { parameters, files } = JSON.parse(readFileSync(mediaRecord, 'utf8')) as Kept;
  return { parameters, files: files.map(({ path, base64 }) => ({ path, bytes: Buffer.from(base64, 'base64') })) };
}

/** Media on which there was nothing are looked for again: they may be late. */
export function keepMedia({ parameters, files }: VirtualMedia, { mediaRecord }: StateDir): void {
  if (parameters === '' && files.length === 0) return;
  const kept: Kept = {
    parameters,
    files: files.map(({ path, bytes }) => ({ path, base64: Buffer.from(bytes).toString('base64') })),
  };
  writeRootOnly(mediaRecord, JSON.stringify(kept));
}
