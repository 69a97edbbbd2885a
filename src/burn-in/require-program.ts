import type { RunTool, ToolNeed } from '../core/tool.ts';
import { CommandExecutionError } from '../errors/catalogue.ts';
import { isInstalled } from '../tools/is-installed.ts';

/** Asked before anything begins. Throws CommandExecutionError that names the program and the package that brings it. */
export async function requireProgram(run: RunTool, { program, package: debianPackage }: ToolNeed): Promise<void> {
  if (await isInstalled(run, { program, args: ['--version'] })) return;
  throw new CommandExecutionError(
    `${program} is not installed in this ramdisk (Debian package ${debianPackage}); nothing was started`,
  );
}
