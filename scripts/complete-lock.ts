/**
 * `node scripts/complete-lock.ts`: run it after `npm install` of a package that has binaries for several platforms.
 *
 * A registry mirror that carries only the binaries of its own platform makes npm leave the others out of package-lock.json, and
 * `npm ci` then refuses the file as out of step, on every machine. This adds them, marked with the platform that their name
 * says, so that npm passes over them elsewhere. They have no hash here; the first `npm install` that can reach them adds it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './check-stages.ts';

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: unknown;
  readonly dev?: boolean;
  readonly [field: string]: unknown;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

/** `os`, `cpu` and `libc` as the name of a binary package tells them: `@x/y-linux-arm64-musl`. */
export function platformOf(name: string): Readonly<Record<string, readonly string[]>> {
  const words = name.split(/[/-]/);
  const find = (known: readonly string[]): string[] => known.filter((each) => words.includes(each));
  const [os, cpu, libc] = [find(systems), find(processors), words.includes('musl') ? ['musl'] : []];
  return { ...(cpu.length > 0 ? { cpu } : {}), ...(libc.length > 0 ? { libc } : {}), ...(os.length > 0 ? { os } : {}) };
}

/** Optional dependencies that the lock file does not name, as npm would write them. */
export function missingOptionals({ packages }: LockFile): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const places = [`${parent === '' ? '' : `${parent}/`}node_modules/${name}`, `node_modules/${name}`];
      if (places.some((place) => place in packages)) continue;
      missing[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true };
    }
  }
  return missing;
}

if (import.meta.main) {
  const file = path.join(projectRoot, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as LockFile;
  const missing = missingOptionals(lock);
  const packages = Object.fromEntries(
    Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  console.log(`added ${Object.keys(missing).length}: ${Object.keys(missing).join(', ')}`);
}
