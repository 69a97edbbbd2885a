import type { AgentLayer } from '../agent-layer.ts';
import type { Base } from '../base/cached-base.ts';
import type { BuildRequest } from '../build-ramdisk.ts';
import type { OutputName } from './output-names.ts';

export interface Parts {
  readonly request: BuildRequest;
  readonly base: Base;
  readonly agent: AgentLayer;
  readonly vmlinuz: Buffer;
  /** Compressed segments, in order. */
  readonly initramfs: readonly Buffer[];
}

type Output = Buffer | readonly Buffer[] | string | Iterable<Buffer>;

/** How each file is made of what was built. */
export const outputs: Readonly<Record<OutputName, (parts: Parts) => Output | Promise<Output>>> = {
  vmlinuz: ({ vmlinuz }) => vmlinuz,
  initramfs: ({ initramfs }) => initramfs,
  'ironhand.iso': () => '',
  'root.tar': () => '',
  'manifest.json': () => '',
  'sbom.spdx.json': () => '',
};
