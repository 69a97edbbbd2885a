/** A program that did not end well; low-level, translated to a wire error by the step or command that called it. */
export class ToolError extends Error {
  readonly program: string;
  readonly args: readonly string[];
  /** null when a signal ended it or it never started. */
  readonly exitCode: number | null;
  /** The last lines of its standard error. */
  readonly stderrTail: string;

  constructor(
    call: { readonly program: string; readonly args: readonly string[] },
    outcome: { readonly exitCode: number | null; readonly why: string; readonly stderrTail: string },
    options?: ErrorOptions,
  ) {
    const command = [call.program, ...call.args].join(' ');
    super(`${command}: ${outcome.why}${outcome.stderrTail ? `: ${outcome.stderrTail}` : ''}`, options);
    this.name = 'ToolError';
    this.program = call.program;
    this.args = call.args;
    this.exitCode = outcome.exitCode;
    this.stderrTail = outcome.stderrTail;
  }
}
