import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'stress-ng', package: 'stress-ng', optional: true };

/** What is put under stress; 0 workers are one for each processor. */
export type Stressor =
  | { readonly kind: 'cpu'; readonly workers: number }
  /** `bytes` as stress-ng takes it: `98%` of the memory that is free, or a number with a unit. */
  | { readonly kind: 'vm'; readonly workers: number; readonly bytes: string };

/** What stress-ng counted of a stressor, all its workers together. */
export interface StressMetrics {
  readonly bogoOperations: number;
  readonly seconds: number;
}

/** stress-ng(1). Without --verify a processor that miscalculates, or memory that forgets, would only get warm. */
export function stressArgs(stressor: Stressor, timeoutSeconds: number): readonly string[] {
  const bytes = stressor.kind === 'vm' ? ['--vm-bytes', stressor.bytes] : [];
  const workers = [`--${stressor.kind}`, String(stressor.workers)];
  return [...workers, ...bytes, '--timeout', String(timeoutSeconds), '--metrics-brief', '--verify'];
}

/** A machine under stress starts and ends processes slowly. */
const graceSeconds = 300;

/**
 * Runs for as long as was asked. Gives what it wrote, and throws ToolError where a worker failed, did not verify, or ran out of
 * resources (EXIT STATUS in stress-ng(1)).
 */
export async function runStress(
  run: RunTool,
  stressor: Stressor,
  timeoutSeconds: number,
): Promise<{ readonly text: string; readonly metrics: StressMetrics | null }> {
  const { stdout, stderr } = await run({
    program: need.program,
    args: stressArgs(stressor, timeoutSeconds),
    effect: { kind: 'read' },
    timeoutSeconds: timeoutSeconds + graceSeconds,
  });
  // Versions differ in where they write what.
  const text = stdout + stderr;
  return { text, metrics: parseMetrics(text, stressor.kind) };
}

/** The line of a stressor in the table that --metrics-brief writes; null where there is none. */
export function parseMetrics(text: string, kind: Stressor['kind']): StressMetrics | null {
  const row = new RegExp(`^stress-ng: \\w+: +\\[\\d+\\] ${kind} +(\\d+) +(\\d+\\.\\d+) `, 'm').exec(text);
  return row ? { bogoOperations: Number(row[1]), seconds: Number(row[2]) } : null;
}
