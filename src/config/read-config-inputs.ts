import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../errors/catalogue.ts';
import { errorText, hasErrorCode } from '../errors/guards.ts';
import type { ConfigInput } from './load-config.ts';
import { hasOwnNetworkNamespace } from './network-namespace.ts';
import type { MachineFacts } from './option.ts';
import { isRootInMemory } from './root-file-system.ts';

/** What of the command line decides where else to look. */
export interface ConfigInputRequest {
  /** Flags of options, parsed, by key of Config. */
  readonly argv?: Readonly<Record<string, unknown>>;
  /** `--config-file`, in the order given. */
  readonly configFiles?: readonly string[];
  /** `--config-dir`: its `*.conf`, by name. */
  readonly configDirs?: readonly string[];
}

/** Read when no file or directory is named, weakest first; those that are not there are left out. */
export const standardConfigPlaces = {
  files: ['/etc/ironic-python-agent/ironic-python-agent.conf', '/etc/ironhand/ironhand.conf'],
  dirs: ['/etc/ironic-python-agent.d', '/etc/ironhand.d'],
} as const;

/**
 * Reads whatever options may come from on this machine. Files named by flags replace the standard ones, and must be
 * there: throws ConfigurationError otherwise.
 */
export function readConfigInputs(request: ConfigInputRequest = {}): ConfigInput {
  return {
    argv: request.argv ?? {},
    env: process.env,
    kernelCommandLine: readFileSync('/proc/cmdline', 'utf8').trim(),
    files: configFilePaths(request).map((path) => ({ path, text: readNamed(path, () => readFileSync(path, 'utf8')) })),
    machine: readMachineFacts(),
  };
}

export function readMachineFacts(): MachineFacts {
  return {
    ipv6: existsSync('/proc/net/if_inet6'),
    rootInMemory: isRootInMemory(readFileSync('/proc/self/mountinfo', 'utf8')),
    ownNetworkNamespace: hasOwnNetworkNamespace(),
  };
}

function configFilePaths({ configFiles = [], configDirs = [] }: ConfigInputRequest): string[] {
  if (configFiles.length + configDirs.length > 0) {
    const inDirs = configDirs.flatMap((dir) => readNamed(dir, () => filesIn(dir)));
    return [...configFiles, ...inDirs];
  }
  return standardConfigPlaces.dirs.flatMap((dir, index) => {
    const file = standardConfigPlaces.files[index];
    return [...(file && existsSync(file) ? [file] : []), ...filesInIfAny(dir)];
  });
}

function filesIn(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.conf') && !name.startsWith('.'));
  return names.sort().map((name) => join(dir, name));
}

function filesInIfAny(dir: string): string[] {
  try {
    return filesIn(dir);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function readNamed<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigurationError(`${path}: cannot be read: ${errorText(error)}`, { cause: error });
  }
}
