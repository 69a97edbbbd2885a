import type { AgentLayer } from '../agent-layer.ts';
import type { Base } from '../base/cached-base.ts';
import type { BuildRequest } from '../build-ramdisk.ts';
import { iso } from './iso.ts';
import { manifestOf } from './manifest.ts';
import type { OutputName } from './output-names.ts';
import { rootTar } from './root-tar.ts';
import { sbomOf } from './sbom.ts';
import { sourceDate } from './source-date.ts';

/** What was built, before any file is made of it. */
export interface Parts {
  readonly request: BuildRequest;
  readonly base: Base;
  readonly agent: AgentLayer;
  readonly vmlinuz: Buffer;
  /** Compressed segments, in order. */
  readonly initramfs: readonly Buffer[];
}

type Content = string | Buffer | Iterable<Buffer>;

/** How each file is made. */
export const outputs: Readonly<Record<OutputName, (parts: Parts) => Content | Promise<Content>>> = {
  vmlinuz: ({ vmlinuz }) => vmlinuz,
  initramfs: ({ initramfs }) => initramfs,
  'ironhand.iso': iso,
  'root.tar': rootTar,
  'manifest.json': async (parts) => json(await manifestOf(parts)),
  'sbom.spdx.json': async (parts) => json(sbomOf(await manifestOf(parts), await sourceDate())),
};

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
