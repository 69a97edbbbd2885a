import path from 'node:path';
import { parseArgs } from 'node:util';
import { appDir } from '../../scripts/cli/bundle.ts';
import { small } from '../profiles/small.ts';
import { standard } from '../profiles/standard.ts';
import { architectures } from './architectures.ts';
import type { BuildRequest } from './build-ramdisk.ts';
import { noCustomisation } from './customisation.ts';
import { isOutputName, outputNames } from './output/output-names.ts';
import { isCompression } from './output/segments.ts';
import { readCustomisation } from './read-customisation.ts';

const profiles = { standard, small };

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  profile: { type: 'string', default: 'standard' },
  arch: { type: 'string', default: process.arch === 'arm64' ? 'aarch64' : 'x86_64' },
  compression: { type: 'string' },
  config: { type: 'string' },
  out: { type: 'string' },
  only: { type: 'string' },
  fast: { type: 'boolean', default: false },
  'check-reproducible': { type: 'boolean', default: false },
  'record-sizes': { type: 'boolean', default: false },
} as const;

export interface RamdiskOptions {
  readonly request: BuildRequest;
  /** Build it twice from nothing, and compare. */
  readonly checkReproducible: boolean;
  /** Write down how large it became, for docs/ramdisk.md. */
  readonly sizes: boolean;
}

const dayMs = 24 * 3600 * 1000;

/** What `npm run ramdisk -- ...` asks for. Throws UsageError, and CustomisationError for the file of `--config`. */
export function parseOptions(args: readonly string[]): RamdiskOptions {
  const { values } = parseKnown(args);
  const profile = oneOf('--profile', values.profile, profiles);
  const architecture = oneOf('--arch', values.arch, architectures);
  const compression = values.compression ?? (values.fast ? 'zstd-1' : 'zstd-19');
  if (!isCompression(compression))
    throw new UsageError(`--compression: expected none, or zstd-1 to zstd-19, got ${compression}`);
  const outputs = values.only?.split(',') ?? (values.fast ? ['vmlinuz', 'initramfs'] : outputNames);
  for (const name of outputs)
    if (!isOutputName(name)) throw new UsageError(`--only: expected some of ${outputNames.join(',')}, got ${name}`);
  if (values['record-sizes'] && !outputs.includes('manifest.json'))
    throw new UsageError('--record-sizes: expected manifest.json among the outputs, as it is taken from there');
  const out = path.resolve(values.out ?? path.join(appDir, 'out/ramdisk', `${profile.name}-${architecture.name}`));
  return {
    request: {
      profile,
      architecture,
      compression,
      outputs: outputs.filter(isOutputName),
      customisation: values.config === undefined ? noCustomisation : readCustomisation(path.resolve(values.config)),
      out,
      cacheDir: path.join(appDir, '.cache'),
      youngerThanMs: values.fast ? Number.POSITIVE_INFINITY : dayMs,
    },
    checkReproducible: values['check-reproducible'],
    sizes: values['record-sizes'],
  };
}

function parseKnown(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function oneOf<T>(flag: string, name: string, known: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined)
    throw new UsageError(`${flag}: expected one of ${Object.keys(known).join(', ')}, got ${name}`);
  return found;
}
