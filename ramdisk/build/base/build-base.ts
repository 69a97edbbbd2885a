import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ToolNeed } from '../../../src/core/tool.ts';
import type { Architecture } from '../architectures.ts';
import { CustomisationError } from '../customisation.ts';
import { contentOf, emptyRoot, type FileTree, putFile, treeBytes } from '../file-tree.ts';
import { cpioArchive } from '../output/cpio.ts';
import { publishFolder } from '../publish-folder.ts';
import type { BaseFacts, PackageFacts, SegmentFacts } from './base-facts.ts';
import { type DebianPackage, readPackages } from './debian-package.ts';
import { caBundle, completeRoot } from './debian-root.ts';
import { addModules, kernelRelease } from './kernel-modules.ts';
import { licencesOf } from './licences.ts';
import { nodeBinary } from './node-binary.ts';
import { type SelectedFiles, selectFiles } from './select-files.ts';
import { problemsOf } from './verify-root.ts';

export interface BaseRecipe {
  readonly architecture: Architecture;
  /** Debian packages that are wanted whole. */
  readonly whole: readonly string[];
  /** The same, and somebody asked for them by name. */
  readonly added: readonly string[];
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly leftOut: readonly RegExp[];
  readonly modules: readonly string[];
  /** These have to be there. */
  readonly addedModules: readonly string[];
  readonly withoutModules: readonly string[];
  /** What has to be there in the end. */
  readonly needs: readonly ToolNeed[];
}

/** Everything below the agent, in a folder: one cpio archive for each segment, the kernel, and what is in them as `base.json`. */
export async function buildBase(recipe: BaseRecipe, packagesDir: string, folder: string): Promise<void> {
  const packages = await readPackages(packagesDir);
  const kernel = packages.find(({ name }) => /^linux-image-\d/.test(name));
  if (!kernel) throw new Error(`${packagesDir}: expected a package linux-image-VERSION, found none`);
  const node = await nodeBinary(recipe.architecture);
  const files = new Set(Object.values(recipe.files).flat());
  const selected = selectFiles([...packages.filter((each) => each !== kernel), nodePackage(node.content)], {
    whole: new Set([...recipe.whole, nodeName]),
    added: new Set(recipe.added),
    files,
    leftOut: recipe.leftOut,
  });
  const [useless] = selected.useless;
  if (useless)
    throw new CustomisationError(
      `packages: expected one with /${useless[1]}, and those of its libraries, for /${useless[0]}, got none`,
    );
  const system = selected.tree;
  completeRoot(system);
  const release = kernelRelease(kernel.files);
  const modules = emptyRoot();
  await addModules(modules, kernel.files, {
    release,
    wanted: recipe.modules,
    added: recipe.addedModules,
    without: recipe.withoutModules,
  });
  refuse(problemsOf(system, recipe.needs, recipe.architecture.elfMachine));
  const nodeTree: FileTree = emptyRoot();
  putFile(nodeTree, nodePath, node.content, 0o755);
  system.delete(nodePath);

  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    const segments: SegmentFacts[] = [];
    for (const [name, tree] of Object.entries({ node: nodeTree, modules, system }))
      segments.push(await writeSegment(unfinished, name, tree));
    const facts: BaseFacts = {
      kernelRelease: release,
      nodeVersion: node.version,
      segments,
      packages: packageFacts(packages, selected, kernel, modules),
      passwdMaster: contentOf(system, 'usr/share/base-passwd/passwd.master').toString(),
      groupMaster: contentOf(system, 'usr/share/base-passwd/group.master').toString(),
      sysusers: sysusersIn(system),
    };
    await writeFile(path.join(unfinished, 'vmlinuz'), contentOf(kernel.files, `boot/vmlinuz-${release}`));
    await writeFile(path.join(unfinished, 'ca-certificates.crt'), contentOf(system, caBundle));
    await writeFile(path.join(unfinished, 'base.json'), JSON.stringify(facts, null, 2));
    await publishFolder(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const nodeName = 'node';
const nodePath = 'usr/bin/node';

/** So that its libraries come along like those of every other program. */
function nodePackage(content: Buffer): DebianPackage {
  const files: FileTree = new Map();
  putFile(files, nodePath, content, 0o755);
  return { name: nodeName, version: '', architecture: '', source: nodeName, files };
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new Error(`the root is not complete:\n${problems.map((each) => `  ${each}`).join('\n')}`);
}

async function writeSegment(folder: string, name: string, tree: FileTree): Promise<SegmentFacts> {
  const hash = createHash('sha256');
  await pipeline(Readable.from(hashed(cpioArchive(tree), hash)), createWriteStream(path.join(folder, `${name}.cpio`)));
  return { name, sha256: hash.digest('hex'), bytes: treeBytes(tree), files: tree.size };
}

function* hashed(chunks: Iterable<Buffer>, hash: Hash): Generator<Buffer> {
  for (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

function packageFacts(
  packages: readonly DebianPackage[],
  { tree, owners }: SelectedFiles,
  kernel: DebianPackage,
  modules: FileTree,
): readonly PackageFacts[] {
  const bytes = new Map([[kernel.name, treeBytes(modules)]]);
  for (const [file, owner] of owners) {
    const entry = tree.get(file);
    bytes.set(owner, (bytes.get(owner) ?? 0) + (entry?.kind === 'file' ? entry.content.length : 0));
  }
  return packages
    .filter(({ name }) => bytes.has(name))
    .map((each) => ({
      name: each.name,
      version: each.version,
      architecture: each.architecture,
      source: each.source,
      licences: licencesOf(each),
      bytes: bytes.get(each.name) ?? 0,
    }));
}

function sysusersIn(tree: FileTree): Readonly<Record<string, string>> {
  const names = [...tree.keys()].filter((name) => /^usr\/lib\/sysusers\.d\/[^/]+\.conf$/.test(name)).sort();
  return Object.fromEntries(names.map((name) => [name, contentOf(tree, name).toString()]));
}
