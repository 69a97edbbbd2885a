import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type BrokenManager, hardwareManagerContract } from '../core/hardware-manager.ts';
import { errorText, hasErrorCode } from '../errors/guards.ts';

/** Where a third-party manager lies; nothing of it has run yet. */
export interface FoundManager {
  /** Package name or file, for people. */
  readonly source: string;
  /** Absolute path of the module whose default export is the manager. */
  readonly module: string;
}

export interface Discovery {
  readonly found: readonly FoundManager[];
  readonly broken: readonly BrokenManager[];
}

/**
 * Finds third-party hardware managers without running code: packages under `packageDirs` (node_modules folders) whose
 * package.json says `"ironhand": {"hardwareManager": "./manager.js", "contract": 1}`, and in `dropInDir` such packages too, and
 * files `*.js`, `*.mjs`, `*.ts`, but hidden ones and `*.d.ts`. In order of source, so that it is the same everywhere.
 */
export function discoverManagers(packageDirs: readonly string[], dropInDir: string): Discovery {
  const found: FoundManager[] = [];
  const broken: BrokenManager[] = [];
  for (const dir of [...packageDirs, dropInDir].flatMap(packagesIn)) {
    try {
      const manager = managerOfPackage(dir);
      if (manager) found.push(manager);
    } catch (error) {
      broken.push({ source: dir, reason: errorText(error) });
    }
  }
  for (const name of namesIn(dropInDir).filter(isManagerFile)) {
    found.push({ source: path.join(dropInDir, name), module: path.join(dropInDir, name) });
  }
  return { found: found.sort((a, b) => (a.source < b.source ? -1 : 1)), broken };
}

/** Whether the agent would take this file or folder, were it in the drop-in directory. */
export function isManager(place: string): boolean {
  return statSync(place).isDirectory() ? managerOfPackage(place) !== null : isManagerFile(path.basename(place));
}

function isManagerFile(name: string): boolean {
  return /^[^.].*(?<!\.d)\.(m?js|ts)$/.test(name);
}

function packagesIn(nodeModules: string): readonly string[] {
  return namesIn(nodeModules).flatMap((name) => {
    const dir = path.join(nodeModules, name);
    return name.startsWith('@') ? namesIn(dir).map((scoped) => path.join(dir, scoped)) : [dir];
  });
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

interface Manifest {
  readonly name?: string;
  readonly ironhand?: { readonly hardwareManager?: unknown; readonly contract?: unknown };
}

function managerOfPackage(dir: string): FoundManager | null {
  let text: string;
  try {
    text = readFileSync(path.join(dir, 'package.json'), 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
  if (!text.includes('"ironhand"')) return null;
  const { name = dir, ironhand } = JSON.parse(text) as Manifest;
  if (typeof ironhand !== 'object' || ironhand === null) return null;
  const { hardwareManager, contract } = ironhand;
  if (typeof hardwareManager !== 'string') {
    throw new Error(`${name}: ironhand.hardwareManager: expected a path, found ${JSON.stringify(hardwareManager)}`);
  }
  if (contract !== hardwareManagerContract) {
    throw new Error(
      `${name}: ironhand.contract: expected ${hardwareManagerContract}, found ${JSON.stringify(contract)}`,
    );
  }
  const module = path.resolve(dir, hardwareManager);
  if (!module.startsWith(`${path.resolve(dir)}${path.sep}`)) {
    throw new Error(`${name}: ironhand.hardwareManager: expected a path inside the package, found ${hardwareManager}`);
  }
  return { source: name, module };
}
