import type { RunTool, ToolResult } from '../core/tool.ts';
import { type CommandAnswer, commandAnswer, HdparmAnswerError, hasSenseComplaint, runHdparm } from './hdparm.ts';

export type SanitizeKind = 'crypto' | 'block' | 'overwrite';

/** The states of the SANITIZE feature set (ACS-4, 4.17 and 7.36), as far as hdparm tells them apart. */
export type SanitizeStatus =
  /** SD0. `completed`: the last one ended without an error; a new one clears that. */
  | { readonly kind: 'idle'; readonly completed: boolean }
  /** SD1: none can be started until the next power cycle. */
  | { readonly kind: 'frozen'; readonly completed: boolean }
  /** SD2 */
  | { readonly kind: 'in-process'; readonly thousandths: number }
  /** SD3: the last one ended with an error. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The drive would not say: it aborted the question, as drives do in SD3. */
  | { readonly kind: 'aborted'; readonly reason: string };

export function statusArgs(device: string): readonly string[] {
  return ['--sanitize-status', device];
}

/**
 * hdparm never asks for the failure mode (a drive in SD3 takes a new sanitize command). One pass of zeros in an overwrite: hdparm
 * would take a count of 0 for 16.
 */
export function startArgs(kind: SanitizeKind, device: string): readonly string[] {
  return ['--yes-i-know-what-i-am-doing', ...kindArgs[kind], device];
}

const kindArgs: Readonly<Record<SanitizeKind, readonly string[]>> = {
  crypto: ['--sanitize-crypto-scramble'],
  block: ['--sanitize-block-erase'],
  overwrite: ['--sanitize-overwrite-passes', '1', '--sanitize-overwrite', 'hex:00000000'],
};

/** Parses `hdparm --sanitize-status` (9.65); throws HdparmAnswerError for what is no answer of a drive. */
export function parseStatus({ stdout, stderr }: Pick<ToolResult, 'stdout' | 'stderr'>): SanitizeStatus {
  // After a complaint it prints SD0, whatever the drive's state is.
  if (hasSenseComplaint(stderr)) return { kind: 'aborted', reason: stderr.trim() };
  const reason = /^SANITIZE device error reason: (.*)$/m.exec(stderr)?.[1];
  if (reason !== undefined) return { kind: /^Drive in SD3/m.test(stderr) ? 'failed' : 'aborted', reason };
  const completed = /^ {4}Last Sanitize Operation Completed Without Error$/m.test(stdout);
  const state: string = /^ {4}State: {4}(SD\d)/m.exec(stdout)?.[1] ?? '';
  switch (state) {
    case 'SD0':
      return { kind: 'idle', completed };
    case 'SD1':
      return { kind: 'frozen', completed };
    case 'SD2':
      return { kind: 'in-process', thousandths: parseProgress(stdout) };
    default: {
      const text = `${stdout}${stderr}`.slice(0, 300);
      throw new HdparmAnswerError(`hdparm --sanitize-status gave no state: ${JSON.stringify(text)}`);
    }
  }
}

/** The drive counts in parts of 65,536. */
function parseProgress(stdout: string): number {
  const share = /^ {4}Progress: (0x[0-9a-f]{1,4}) /m.exec(stdout)?.[1];
  if (share === undefined) throw new HdparmAnswerError('hdparm --sanitize-status gave no progress');
  return Math.floor(((Number(share) + 1) * 1000) / 65_536);
}

/** Throws ToolError, HdparmAnswerError. */
export async function readSanitizeStatus(run: RunTool, device: string): Promise<SanitizeStatus> {
  return parseStatus(await runHdparm(run, statusArgs(device), { kind: 'read' }));
}

/** Starts it in the background. Destroys all data. Throws ToolError. */
export async function startSanitize(run: RunTool, kind: SanitizeKind, device: string): Promise<CommandAnswer> {
  const result = await runHdparm(run, startArgs(kind, device), { kind: 'device', device });
  const answer = commandAnswer(result);
  return { ...answer, aborted: answer.aborted || !result.stdout.includes('Operation started in background') };
}
