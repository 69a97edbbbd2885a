/** A plain line for whoever looks at the console: the launcher prints it, or, without one, it is beside the log. */
export function tellOperator(line: string): void {
  if (process.send) process.send({ notice: line });
  else process.stderr.write(`ironhand: ${line}\n`);
}

/** For the launcher, which holds the port of this process: nobody will listen on it again. */
export function tellServiceEnded(): void {
  process.send?.({ serviceEnded: true });
}
