import { execFile } from 'node:child_process';

/** Runs a program to its end; resolves with its standard output, rejects with its name and what it said. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

export function createRunProgram(signal?: AbortSignal): RunProgram {
  const options = { encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, LC_ALL: 'C.UTF-8' }, signal } as const;
  return (program, args) =>
    new Promise((resolve, reject) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${program} failed: ${stderr.trim().slice(-2000) || error.message}`, { cause: error }));
      });
    });
}
