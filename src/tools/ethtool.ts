import type { RunTool, ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';
import { isNotInstalled } from './is-installed.ts';

export const need: ToolNeed = { program: 'ethtool', package: 'ethtool', optional: true };

export function settingsArgs(name: string): readonly string[] {
  return [name];
}

/** The fastest of the modes that a card supports, in Mbit/s; null for one without modes, as a virtual one. */
export function parseFastestMode(stdout: string): number | null {
  const supported = /Supported link modes:([\s\S]*?)(?:\n\t\S[^\n]*:|$)/.exec(stdout)?.[1] ?? '';
  const speeds = [...supported.matchAll(/\b(\d+)base/g)].map(([, digits]) => Number(digits));
  return speeds.length > 0 ? Math.max(...speeds) : null;
}

/** null also where the interface knows nothing of link modes (ethtool says so by its exit code), or is gone, or ethtool is. */
export async function readFastestMode(run: RunTool, name: string): Promise<number | null> {
  try {
    const { stdout } = await run({ program: need.program, args: settingsArgs(name), effect: { kind: 'read' } });
    return parseFastestMode(stdout);
  } catch (error) {
    if (error instanceof ToolError && (error.exitCode !== null || isNotInstalled(error))) return null;
    throw error;
  }
}
