import { dirname, join } from 'node:path/posix';
import type { LoaderCsv } from './loader-csv.ts';

/** A boot loader on an EFI system partition, as a boot entry is to name it. */
export interface Loader {
  /** In the firmware's spelling, from the root of the partition: `\EFI\debian\shimx64.efi`. */
  readonly path: string;
  readonly label: string;
}

/** The loaders to make entries for, the one to boot first in front; and what was not used, for the log. */
export interface LoaderChoice {
  readonly loaders: readonly Loader[];
  readonly passedOver: readonly { readonly path: string; readonly reason: string }[];
}

/** Files in which an image says which loader it wants, and under which name. */
const csvNames = new Set(['bootx64.csv', 'bootaa64.csv', 'boot.csv']);

/** Loaders by well-known name: the fall-back loader of each architecture, and two that lack one. */
const loaderNames = new Set([
  ...['ia32', 'x64', 'ia64', 'arm', 'aa64', 'riscv32', 'riscv64', 'riscv128'].map((name) => `boot${name}.efi`),
  'grubaa64.efi',
  'winload.efi',
]);

/** What UEFI calls the architectures that Node runs on. */
const uefiNames: Readonly<Record<string, string>> = { x64: 'x64', arm64: 'aa64', ia32: 'ia32', riscv64: 'riscv64' };

/** True for a file whose content `chooseLoaders` needs. FAT knows no case. */
export function isLoaderCsv(path: string): boolean {
  return csvNames.has(baseName(path));
}

/**
 * Chooses by these rules: the first CSV that names a loader which is there wins alone; without one, every loader of a
 * well-known name gets an entry `ironic1`, `ironic2`, ... Files of this machine's architecture come first, then by path.
 *
 * @param files paths from the root of the partition, with slashes
 * @param csvs content of the files that `isLoaderCsv`, by path; null for one that could not be understood
 * @param architecture as Node names it
 */
export function chooseLoaders(
  files: readonly string[],
  csvs: ReadonlyMap<string, LoaderCsv | null>,
  architecture: string,
): LoaderChoice {
  const passedOver: { path: string; reason: string }[] = [];
  for (const path of inOrder([...csvs.keys()], architecture)) {
    const found = loaderOfCsv(path, csvs.get(path) ?? null, files);
    if (found.loader) return { loaders: [found.loader], passedOver };
    passedOver.push({ path, reason: found.reason });
  }
  const wellKnown = inOrder(
    files.filter((path) => loaderNames.has(baseName(path))),
    architecture,
  );
  return { loaders: wellKnown.map((path, i) => ({ path: firmwarePath(path), label: `ironic${i + 1}` })), passedOver };
}

/** `EFI/BOOT/BOOTX64.EFI` becomes `\EFI\BOOT\BOOTX64.EFI`. */
export function firmwarePath(path: string): string {
  return `\\${path.replaceAll('/', '\\')}`;
}

type CsvOutcome = { loader: Loader } | { loader: null; reason: string };

function loaderOfCsv(path: string, csv: LoaderCsv | null, files: readonly string[]): CsvOutcome {
  if (csv === null) return { loader: null, reason: 'names no loader' };
  const wanted = join(dirname(path), csv.file.replaceAll('\\', '/')).toLowerCase();
  const there = files.find((file) => file.toLowerCase() === wanted);
  if (there === undefined) return { loader: null, reason: `names ${csv.file}, which is not there` };
  return { loader: { path: firmwarePath(there), label: csv.label || 'ironic1' } };
}

function inOrder(paths: readonly string[], architecture: string): readonly string[] {
  const own = uefiNames[architecture];
  const rank = (path: string): number => (own !== undefined && baseName(path).includes(own) ? 0 : 1);
  return paths.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}
