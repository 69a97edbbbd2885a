import type { RunTool, ToolNeed } from '../core/tool.ts';
import { askSg, sgExit } from './sg-answer.ts';

export const need: ToolNeed = { program: 'sg_turs', package: 'sg3-utils' };

/** Verbose, for the sense data; they come as text. */
function tursArgs(device: string): readonly string[] {
  return ['--verbose', device];
}

/** How a drive answered TEST UNIT READY. */
export type Readiness =
  | { readonly kind: 'ready' }
  /** `text` is the additional sense in the words of sg3-utils; `progress` in 65536ths, null where it does not say. */
  | { readonly kind: 'not-ready'; readonly text: string; readonly progress: number | null }
  | { readonly kind: 'medium-error'; readonly text: string }
  | { readonly kind: 'unit-attention'; readonly text: string };

/** Throws ToolError for any other answer, and where none comes. */
export async function testUnitReady(run: RunTool, device: string): Promise<Readiness> {
  const { notReady, mediumError, unitAttention } = sgExit;
  const call = { program: need.program, args: tursArgs(device), effect: { kind: 'read' } } as const;
  const { exitCode, stderr } = await askSg(run, { ...call, okExitCodes: [0, notReady, mediumError, unitAttention] });
  const text = /^Additional sense: (.*)$/m.exec(stderr)?.[1]?.trim() ?? 'without additional sense';
  switch (exitCode) {
    case notReady:
      return { kind: 'not-ready', text, progress: parseProgress(stderr) };
    case mediumError:
      return { kind: 'medium-error', text };
    case unitAttention:
      return { kind: 'unit-attention', text };
    default:
      return { kind: 'ready' };
  }
}

function parseProgress(stderr: string): number | null {
  const [, percent] = /Progress indication: (\d+(?:\.\d+)?)%/.exec(stderr) ?? [];
  return percent === undefined ? null : Math.floor((Number(percent) / 100) * 65536);
}
