import { existsSync, readFileSync } from 'node:fs';

/** The runs that the steps of hardware-managers/recorded-steps.ts left in a file. */
export interface StepRuns {
  /** Process ids, in order. */
  readonly started: readonly number[];
  readonly ended: readonly number[];
}

export function readStepRuns(file: string): StepRuns {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const pids = (word: string): number[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.slice(word.length + 1))] : []));
  return { started: pids('start'), ended: pids('end') };
}
