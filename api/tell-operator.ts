/** A plain line for whoever looks at the console: the launcher prints it, or, without one, it is beside the log. */
export function tellOperator(line: string): void {
  if (process.send) process.send({ notice: line });
  else process.stderr.write(`ironhand: ${line}\n`);
}
