import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { IniSyntaxError, parseIni } from '../../src/config/ini.ts';
import { isManager } from '../../src/hardware/discover-managers.ts';
import { type Customisation, CustomisationError, noCustomisation } from './customisation.ts';

interface Item {
  readonly expected: string;
  /** What separates values; where blanks belong to a value, only the ends of lines do. */
  readonly separator: RegExp;
  readonly accepts: (value: string) => boolean;
  readonly isPath?: true;
  /** The name under which it lies in the ramdisk, where no other one may be. */
  readonly placedAs?: (value: string) => string;
}

const betweenWords = /[\s,]+/;
const packageName: Item = {
  expected: 'names of Debian packages',
  separator: betweenWords,
  accepts: (value) => /^[a-z0-9][a-z0-9+.-]+$/.test(value),
};

const items: Readonly<Record<string, Item & { readonly key: keyof Customisation }>> = {
  packages: { ...packageName, key: 'packages' },
  firmware: { ...packageName, key: 'firmware' },
  modules: {
    key: 'modules',
    expected: 'folders or modules below kernel/, such as drivers/infiniband',
    separator: betweenWords,
    accepts: (value) => /^[\w-]+(\/[\w-]+)*$/.test(value),
  },
  managers: {
    ...pathsItem('managers', `files *.js, *.mjs or *.ts, or folders whose package.json names a manager`, isManager),
    placedAs: path.basename,
  },
  files: pathsItem('files', 'folders', (file) => statSync(file).isDirectory()),
  ca_certificates: pathsItem('caCertificates', 'PEM files with certificates', (file) =>
    readFileSync(file, 'utf8').includes('-----BEGIN CERTIFICATE-----'),
  ),
  ssh_keys: pathsItem('sshKeys', 'files with public ssh keys', (file) =>
    /^(ssh-|ecdsa-|sk-)\S+ \S+/m.test(readFileSync(file, 'utf8')),
  ),
  kernel_arguments: {
    key: 'kernelArguments',
    expected: 'arguments of the kernel without quotes',
    separator: /\s+/,
    accepts: (value) => /^[\x21-\x7e]+$/.test(value) && !/["'$\\]/.test(value),
  },
  sources: {
    key: 'sources',
    expected: 'lines of sources.list(5) that begin with deb',
    separator: /\s*\n\s*/,
    accepts: (value) => /^deb (\[[^\]]+\] )?\S+ \S+( \S+)+$/.test(value),
  },
};

function pathsItem(key: keyof Customisation, expected: string, accepts: (file: string) => boolean) {
  return { key, expected, separator: betweenWords, accepts, isPath: true } as const;
}

/** Reads the file of `--config`: section [ramdisk]; paths count from the file's folder. Throws CustomisationError. */
export function readCustomisation(file: string): Customisation {
  const read: Record<string, readonly string[]> = { ...noCustomisation };
  for (const { section, key, value, line } of entriesOf(file)) {
    const place = `${file}:${line}: [${section}] ${key}`;
    const item = section === 'ramdisk' && Object.hasOwn(items, key) ? items[key] : undefined;
    if (!item) throw new CustomisationError(`${place}: expected one of [ramdisk] ${Object.keys(items).join(', ')}`);
    const values = value.split(item.separator).filter(Boolean);
    read[item.key] = item.isPath ? values.map((each) => path.resolve(path.dirname(file), each)) : values;
    check(read[item.key] ?? [], item, place);
  }
  return read as unknown as Customisation;
}

function check(values: readonly string[], item: Item, place: string): void {
  const known = new Set<string>();
  for (const value of values) {
    if (!accepted(item, value)) throw new CustomisationError(`${place}: expected ${item.expected}, got ${value}`);
    const name = item.placedAs?.(value);
    if (name === undefined) continue;
    if (known.has(name)) throw new CustomisationError(`${place}: expected each name once, got ${name} again: ${value}`);
    known.add(name);
  }
}

function accepted({ accepts }: Item, value: string): boolean {
  try {
    return accepts(value);
  } catch {
    return false; // not there, or unreadable
  }
}

function entriesOf(file: string) {
  try {
    return parseIni(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof IniSyntaxError)
      throw new CustomisationError(`${file}:${error.line}: ${error.message}`, { cause: error });
    throw new CustomisationError(`${file}: expected a file that can be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
