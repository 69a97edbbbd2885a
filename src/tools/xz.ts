import type { Host } from '../core/job-context.ts';
import type { ToolNeed } from '../core/tool.ts';
import { type RunningTool, startTool } from './start.ts';

export const need: ToolNeed = { program: 'xz', package: 'xz-utils' };

/** xz -9 needs 65 MiB; each thread of a file of many blocks (`xz -T0`) a few times the size of its blocks. */
const memoryLimit = '256MiB';

/**
 * All streams of a .xz file, from pipe to pipe. Named as .xz, because by itself it would also take .lzma, which has no check
 * sum. The limit is one for the dictionary, and for the number of threads, which is lowered to fit.
 */
export function decompressArgs(): readonly string[] {
  return ['--decompress', '--stdout', '--format=xz', '--threads=0', `--memlimit-decompress=${memoryLimit}`];
}

export function startDecompression(host: Pick<Host, 'latch' | 'log' | 'signal'>): RunningTool {
  return startTool({ ...need, args: decompressArgs(), effect: { kind: 'read' } }, host);
}

/** What it says is wrong with its standard input, without names; empty when it says nothing. */
export function parseComplaint(stderr: string): string {
  const line = stderr.split('\n').find((text) => text.startsWith('xz: ')) ?? '';
  // The need that it states in a second line is wrong where it decodes with threads.
  const limit = line.includes('Memory usage limit') ? ` (${memoryLimit})` : '';
  return line.replace(/^xz: (\(stdin\): )?/, '') + limit;
}
