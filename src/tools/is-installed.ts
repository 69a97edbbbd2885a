import type { RunTool } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';

/** Whether a program is in this ramdisk at all: it is run with arguments that only make it tell its version. */
export async function isInstalled(
  run: RunTool,
  call: { readonly program: string; readonly args: readonly string[] },
): Promise<boolean> {
  try {
    await run({ ...call, effect: { kind: 'read' } });
    return true;
  } catch (error) {
    if (error instanceof ToolError && isNotInstalled(error)) return false;
    throw error;
  }
}

/** An aborted or hanging program has no exit code either, but it is there. */
export function isNotInstalled(error: ToolError): boolean {
  return error.exitCode === null && error.message.includes('is not installed');
}
