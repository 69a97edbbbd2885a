import { errorText } from '../../../errors/guards.ts';
import { ToolError } from '../../../errors/tool-error.ts';
import { EraseMethodError } from '../method.ts';

/** Anything that ended a method, as the error of the method; with the program, where one failed. */
export function asMethodError(device: string, error: unknown): EraseMethodError {
  if (error instanceof EraseMethodError) return error;
  const tool = error instanceof ToolError ? { tool: error.program, exitCode: error.exitCode } : {};
  return new EraseMethodError(`${device}: ${errorText(error)}`, { cause: error, ...tool });
}
