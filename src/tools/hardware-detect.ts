import type { RunTool, ToolNeed } from '../core/tool.ts';

/** Of the Python package `hardware`, which Debian 12 has not: a ramdisk that wants it brings it by itself. */
export const need: ToolNeed = { program: 'hardware-detect', package: 'python3-hardware', optional: true };

function hardwareDetectArgs(benchmarks: readonly string[]): readonly string[] {
  return benchmarks.length > 0 ? ['--benchmark', ...benchmarks] : [];
}

/** What it found, as it says it. Throws ToolError, and SyntaxError for what is no JSON. */
export async function detectHardware(
  run: RunTool,
  benchmarks: readonly string[],
  timeoutSeconds: number,
): Promise<unknown> {
  const args = hardwareDetectArgs(benchmarks);
  const { stdout } = await run({ program: need.program, args, effect: { kind: 'read' }, timeoutSeconds });
  return JSON.parse(stdout);
}
