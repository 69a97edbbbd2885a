import type { Host } from '../core/job-context.ts';
import type { ToolNeed } from '../core/tool.ts';
import { type RunningTool, startTool } from './start.ts';

export const need: ToolNeed = { program: 'bzip2', package: 'bzip2' };

/** All streams of a .bz2 file (pbzip2 makes many), from pipe to pipe; takes 4 MiB at most. */
export function decompressArgs(): readonly string[] {
  return ['--decompress', '--stdout'];
}

export function startDecompression(host: Pick<Host, 'latch' | 'log' | 'signal'>): RunningTool {
  return startTool({ ...need, args: decompressArgs(), effect: { kind: 'read' } }, host);
}

/**
 * What it says is wrong with its standard input, without names; empty when it says nothing. Of bytes behind the end it only
 * warns, with exit code 0, so a good end has to be asked for complaints too.
 */
export function parseComplaint(stderr: string): string {
  const line = stderr.split('\n').find((text) => text.startsWith('bzip2: ')) ?? '';
  return line.replace(/^bzip2: (\(stdin\):? )?/, '').replace(/[.;]$/, '');
}
