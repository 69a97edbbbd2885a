import type { RunTool } from '../core/tool.ts';
import { HdparmAnswerError, need } from './hdparm.ts';

/** The Security feature set (ACS-4, 4.18; IDENTIFY DEVICE words 89, 90 and 128). */
export interface AtaSecurity {
  /** A user password is set. */
  readonly enabled: boolean;
  readonly locked: boolean;
  /** SECURITY FREEZE LOCK was sent; lasts until the next power cycle. */
  readonly frozen: boolean;
  /** Five wrong passwords; lasts until the next power cycle. */
  readonly countExpired: boolean;
  /** The enhanced erase is there. */
  readonly enhanced: boolean;
  /** The drive's own estimates; where it says "more than", that bound. null where it does not say. */
  readonly normalMinutes: number | null;
  readonly enhancedMinutes: number | null;
}

/** What of IDENTIFY DEVICE matters for an erase. */
export interface AtaIdentity {
  readonly model: string;
  /** null where the drive does not have the feature set. */
  readonly security: AtaSecurity | null;
  /** The SANITIZE feature set; null where the drive does not have it. */
  readonly sanitize: { readonly crypto: boolean; readonly block: boolean; readonly overwrite: boolean } | null;
  /** Deterministic zeros after TRIM (DRAT and RZAT). */
  readonly zerosAfterTrim: boolean;
}

export function identifyArgs(device: string): readonly string[] {
  return ['-I', device];
}

/**
 * Parses `hdparm -I` (9.65). hdparm prints a drive of nothing for a SCSI disk, and nothing at all, with exit code 0, for one that
 * is gone: both are HdparmAnswerError. Its complaints on standard error say nothing of IDENTIFY: it reads log pages, too.
 */
export function parseIdentity(stdout: string): AtaIdentity {
  const lines = stdout.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '));
  const model = textAfter(lines, 'Model Number:');
  if (model === null) {
    throw new HdparmAnswerError(`hdparm -I gave no identity of an ATA drive: ${JSON.stringify(stdout.slice(0, 200))}`);
  }
  const has = (feature: string): boolean => lines.includes(`* ${feature}`);
  return {
    model,
    security: parseSecurity(lines),
    sanitize: has('SANITIZE feature set')
      ? {
          crypto: has('CRYPTO_SCRAMBLE_EXT command'),
          block: has('BLOCK_ERASE_EXT command'),
          overwrite: has('OVERWRITE_EXT command'),
        }
      : null,
    zerosAfterTrim:
      lines.some((line) => line.startsWith('* Data Set Management TRIM supported')) &&
      has('Deterministic read ZEROs after TRIM'),
  };
}

/** Throws ToolError, HdparmAnswerError. */
export async function readIdentity(run: RunTool, device: string): Promise<AtaIdentity> {
  const { stdout } = await run({ program: need.program, args: identifyArgs(device), effect: { kind: 'read' } });
  return parseIdentity(stdout);
}

function textAfter(lines: readonly string[], name: string): string | null {
  const line = lines.find((candidate) => candidate.startsWith(name));
  return line?.slice(name.length).trim() || null;
}

function parseSecurity(lines: readonly string[]): AtaSecurity | null {
  const start = lines.indexOf('Security:');
  if (start < 0) return null;
  const section = lines.slice(start + 1);
  const flag = (name: string): boolean => {
    if (section.includes(`not ${name}`)) return false;
    if (section.includes(name)) return true;
    throw new HdparmAnswerError(`hdparm -I does not say whether security is ${name}`);
  };
  if (!flag('supported')) return null;
  const times = section.find((line) => line.includes('SECURITY ERASE UNIT')) ?? '';
  return {
    enabled: flag('enabled'),
    locked: flag('locked'),
    frozen: flag('frozen'),
    countExpired: flag('expired: security count'),
    enhanced: flag('supported: enhanced erase'),
    normalMinutes: minutesIn(times, /(\d+) ?min for SECURITY ERASE UNIT/),
    enhancedMinutes: minutesIn(times, /(\d+) ?min for ENHANCED SECURITY ERASE UNIT/),
  };
}

function minutesIn(line: string, pattern: RegExp): number | null {
  const digits = pattern.exec(line)?.[1];
  return digits === undefined ? null : Number(digits);
}
