import { existsSync, readFileSync } from 'node:fs';

const fixtures = new URL('../fixtures/tools/', import.meta.url);

export interface CapturedOutput {
  readonly args: readonly string[];
  /** Standard output; of older captures, of programs that only complain, standard error. */
  readonly text: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a real tool wrote: its output, and the arguments that made it write that. */
export function capturedOutput(tool: string, name: string): CapturedOutput {
  const at = (extension: string): URL => new URL(`${tool}/${name}.${extension}`, fixtures);
  const read = (extension: string): string => readFileSync(at(extension), 'utf8');
  const readIfThere = (extension: string): string => (existsSync(at(extension)) ? read(extension) : '');
  return {
    args: read('cmd').trim().split(' ').slice(1),
    text: read('txt'),
    stderr: readIfThere('stderr'),
    exitCode: Number(readIfThere('exit')),
  };
}
