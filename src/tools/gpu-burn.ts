import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../core/job-context.ts';
import { outputLines } from './output-lines.ts';
import { startTool } from './start.ts';

/** No package of Debian brings it: it is built where CUDA is, into a directory of its own. */
export const program = 'gpu_burn';

export interface GpuBurn {
  /** Where the program is, with the kernel (compare.ptx) that it loads from its working directory. */
  readonly installDir: string;
  /** `95%`, or MiB. */
  readonly memory: string;
  readonly timeoutSeconds: number;
}

export interface GpuVerdict {
  readonly gpu: number;
  readonly isFaulty: boolean;
}

/** env(1) changes into the directory and becomes the program, so that it dies with its worker. */
export function gpuBurnArgs({ installDir, memory, timeoutSeconds }: GpuBurn): readonly string[] {
  return [`--chdir=${installDir}`, `./${program}`, '-m', memory, String(timeoutSeconds)];
}

/** It compiles, allocates and, at its end, waits half a minute for its children. */
const graceSeconds = 600;
const keptLines = 50;

/** Runs to its end. Gives the last lines that it wrote; throws ToolError, also where it does not come to an end. */
export async function runGpuBurn(burn: GpuBurn, host: Pick<Host, 'latch' | 'log' | 'signal'>): Promise<string> {
  const call = { program: 'env', args: gpuBurnArgs(burn), effect: { kind: 'read' }, package: 'coreutils' } as const;
  const tool = startTool(call, host);
  tool.endInput();
  const limitSeconds = burn.timeoutSeconds + graceSeconds;
  const over = new AbortController();
  const tooLate = sleep(limitSeconds * 1000, undefined, { signal: over.signal }).then(
    () => tool.kill(`killed after ${limitSeconds} s`),
    () => undefined,
  );
  const lines: string[] = [];
  try {
    for await (const line of outputLines(tool.output)) {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
    }
    await tool.ended;
  } finally {
    over.abort();
    await tooLate;
  }
  return lines.join('\n');
}

/** What its last lines say of each GPU; empty where it did not come so far. */
export function parseVerdicts(text: string): readonly GpuVerdict[] {
  const verdicts = text.matchAll(/^\s*GPU (\d+): (OK|FAULTY)\s*$/gm);
  return [...verdicts].map(([, gpu, verdict]) => ({ gpu: Number(gpu), isFaulty: verdict === 'FAULTY' }));
}
