import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'blkid', package: 'util-linux' };

/** blkid(8): nothing found, and: several contradicting things found. */
const nothingFound = 2;
const ambivalent = 8;

/** Tags of blkid by name: TYPE, LABEL, UUID, PTTYPE, PTUUID, PART_ENTRY_TYPE, PART_ENTRY_UUID, ... */
export type ProbeTags = Readonly<Record<string, string>>;

export type Probe =
  | { readonly kind: 'found'; readonly tags: ProbeTags }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ambivalent' };

/**
 * Reads the device itself, past all caches; from an offset in bytes where it is given, and as if it ended after `sizeBytes`
 * (what lies at the end of a partition is found only so).
 */
export function probeArgs(device: string, offsetBytes = 0, sizeBytes: number | null = null): readonly string[] {
  const offset = offsetBytes > 0 ? ['--offset', String(offsetBytes)] : [];
  const size = sizeBytes === null ? [] : ['--size', String(sizeBytes)];
  return ['--probe', '--output', 'export', ...offset, ...size, device];
}

/** Parses `KEY=value` lines; blanks and special characters in values are escaped by a backslash. */
export function parseTags(stdout: string): ProbeTags {
  return Object.fromEntries(
    stdout.split('\n').flatMap((line) => {
      const separator = line.indexOf('=');
      if (separator < 1) return [];
      return [[line.slice(0, separator), line.slice(separator + 1).replace(/\\(.)/g, '$1')]];
    }),
  );
}

export async function probe(
  run: RunTool,
  device: string,
  offsetBytes = 0,
  sizeBytes: number | null = null,
): Promise<Probe> {
  const { stdout, exitCode } = await run({
    program: need.program,
    args: probeArgs(device, offsetBytes, sizeBytes),
    effect: { kind: 'read' },
    okExitCodes: [0, nothingFound, ambivalent],
  });
  if (exitCode === nothingFound) return { kind: 'nothing' };
  if (exitCode === ambivalent) return { kind: 'ambivalent' };
  return { kind: 'found', tags: parseTags(stdout) };
}
