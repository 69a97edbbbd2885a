import type { RunTool, ToolNeed } from '../core/tool.ts';
import { askSg } from './sg-answer.ts';
import { parseSense, type SenseData } from './sg-sense.ts';

export const need: ToolNeed = { program: 'sg_requests', package: 'sg3-utils' };

/** In hexadecimal: exact, where the text has rounded per cents and no codes. */
function requestsArgs(device: string): readonly string[] {
  return ['--hex', device];
}

/** Parses ` 00     70 00 02 ...` lines: an offset and up to 16 bytes, in hexadecimal. */
export function parseHexDump(stdout: string): readonly number[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [, bytes] = /^\s*[0-9a-f]+ {5}((?:[0-9a-f]{2}\s*)+)$/.exec(line) ?? [];
      if (bytes === undefined) throw new Error(`sg_requests gave an unknown line: ${line}`);
      return bytes
        .trim()
        .split(/\s+/)
        .map((byte) => Number.parseInt(byte, 16));
    });
}

/**
 * What the drive says to REQUEST SENSE, which it answers while it sanitizes or formats itself; null where it says nothing that is
 * sense data. What is no news (the last illegal request) may be in it, too. Throws ToolError.
 */
export async function requestSense(run: RunTool, device: string): Promise<SenseData | null> {
  const call = { program: need.program, args: requestsArgs(device), effect: { kind: 'read' } } as const;
  const { stdout } = await askSg(run, call);
  return parseSense(parseHexDump(stdout));
}
