import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { appDir } from '../../../scripts/cli/bundle.ts';
import type { PackageFacts, SegmentFacts } from '../base/base-facts.ts';
import { treeBytes } from '../file-tree.ts';
import { type NpmPackage, npmPackages } from './npm-packages.ts';
import type { Parts } from './outputs.ts';

/** `manifest.json`: what a ramdisk is made of. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly profile: string;
  readonly architecture: string;
  readonly compression: string;
  readonly kernel: string;
  readonly node: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  /** In memory, when it is unpacked. */
  readonly unpackedBytes: number;
  readonly segments: readonly (Pick<SegmentFacts, 'name' | 'bytes' | 'files'> & { readonly packedBytes: number })[];
  readonly debianPackages: readonly PackageFacts[];
  readonly npmPackages: readonly NpmPackage[];
}

export async function manifestOf({ request, base, agent, vmlinuz, initramfs }: Parts): Promise<Manifest> {
  const { name, version, license } = JSON.parse(await readFile(path.join(appDir, 'package.json'), 'utf8'));
  const top = { name: 'agent', bytes: treeBytes(agent.tree), files: agent.tree.size };
  const segments = [...base.facts.segments, top].map((segment, index) => ({
    name: segment.name,
    bytes: segment.bytes,
    files: segment.files,
    packedBytes: initramfs[index]?.length ?? 0,
  }));
  return {
    name,
    version,
    licence: license,
    profile: request.profile.name,
    architecture: request.architecture.name,
    compression: request.compression,
    kernel: base.facts.kernelRelease,
    node: base.facts.nodeVersion,
    files: { vmlinuz: fileFacts([vmlinuz]), initramfs: fileFacts(initramfs) },
    unpackedBytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    segments,
    debianPackages: base.facts.packages,
    npmPackages: await npmPackages(agent.npmPackages),
  };
}

function fileFacts(parts: readonly Buffer[]): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return { bytes: parts.reduce((sum, part) => sum + part.length, 0), sha256: hash.digest('hex') };
}
