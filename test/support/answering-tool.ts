import assert from 'node:assert/strict';
import type { RunTool, ToolCall } from '../../src/core/tool.ts';
import { ToolError } from '../../src/errors/tool-error.ts';
import { type CapturedOutput, capturedOutput } from './captured-output.ts';

export interface AnsweringTool {
  readonly run: RunTool;
  readonly calls: readonly ToolCall[];
}

/** Answers one call after the other as the real program once did (the last one for ever); fails where its argv was another. */
export function answeringTool(program: string, ...names: readonly [string, ...string[]]): AnsweringTool {
  const answers = names.map((name) => capturedOutput(program, name));
  const calls: ToolCall[] = [];
  return {
    calls,
    async run(call) {
      const answer = answers[Math.min(calls.length, answers.length - 1)] as CapturedOutput;
      calls.push(call);
      assert.deepEqual([call.program, ...call.args], [program, ...answer.args]);
      const { text: stdout, stderr, exitCode } = answer;
      if ((call.okExitCodes ?? [0]).includes(exitCode)) return { stdout, stderr, exitCode };
      throw new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: stderr.trim() });
    },
  };
}
