import { spawn } from 'node:child_process';
import path from 'node:path';

/** Everything that `npm run check` looks at; each stage is one program that ends with 0 when all is well. */
export const checkStages = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '--max-diagnostics=50'] },
  { name: 'types', command: ['tsc', '--noEmit', '--pretty', 'false'] },
  { name: 'promises and switches', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'unused code', command: ['knip', '--no-progress'] },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
] as const satisfies readonly CheckStage[];

export interface CheckStage {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** All that the program printed. */
  readonly output: string;
}

/** The folder of package.json. */
export const projectRoot = path.dirname(import.meta.dirname);

function runStage(stage: CheckStage): Promise<CheckResult> {
  const started = performance.now();
  const [program, ...args] = stage.command;
  const bin = path.join(projectRoot, 'node_modules', '.bin');
  const child = spawn(path.join(bin, program), args, {
    cwd: projectRoot,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (passed: boolean, extra: string): void => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ name: stage.name, passed, seconds, output: `${Buffer.concat(chunks)}${extra}`.trim() });
    };
    child.once('error', (error) => end(false, error.message));
    child.once('close', (code, signal) => end(code === 0, signal ? `ended by ${signal}` : ''));
  });
}

/** Runs all stages side by side; tells of each as soon as it has ended. */
export function runChecks(
  tell: (result: CheckResult) => void,
  stages: readonly CheckStage[] = checkStages,
): Promise<CheckResult[]> {
  return Promise.all(
    stages.map(async (stage) => {
      const result = await runStage(stage);
      tell(result);
      return result;
    }),
  );
}

/** One line for a stage that passed; the whole output, between rules, for one that did not. */
export function describeCheck({ name, passed, seconds, output }: CheckResult): string {
  const time = `${seconds.toFixed(1)} s`;
  if (passed) return `ok    ${name} (${time})`;
  return `FAIL  ${name} (${time})\n${'-'.repeat(100)}\n${output}\n${'-'.repeat(100)}`;
}
