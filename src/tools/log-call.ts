import type { JobLog } from '../core/job-context.ts';
import type { ToolCall } from '../core/tool.ts';
import type { Ending } from './spawn-rules.ts';

/** The line that every program leaves in the log of the job; `started` is of `performance.now()`. A failure is a warning. */
export function logCall(
  log: JobLog,
  { program, args }: Pick<ToolCall, 'program' | 'args'>,
  { exitCode, stderr }: Ending,
  { started, failed }: { readonly started: number; readonly failed: boolean },
): void {
  const milliseconds = Math.round(performance.now() - started);
  log[failed ? 'warn' : 'info']({ program, args, exit_code: exitCode, milliseconds, stderr_tail: stderr }, 'tool');
}
