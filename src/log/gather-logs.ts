import { readFileSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { RunTool } from '../core/tool.ts';
import { errorText } from '../errors/guards.ts';
import { ToolError } from '../errors/tool-error.ts';
import { readLogDirectory } from './log-directory.ts';
import { journal, type LogProgram, logDirectory, logFiles, logPrograms } from './log-sources.ts';
import { redactText } from './redact.ts';
import type { TarMember } from './tar.ts';

export interface GatherOptions {
  readonly run: RunTool;
  /** After it no further program is waited for; what is there by then is what comes. */
  readonly signal: AbortSignal;
  /** Bytes of all members together; of what does not fit only the end is kept. */
  readonly limitBytes: number;
  /** Members that come whole and byte for byte, because they are signed; there is no secret in them. They count first. */
  readonly certificates: readonly TarMember[];
}

/** Programs at the same time: each of them mostly waits. */
const atOnce = 4;

/**
 * What there is to know about this machine, as text files with secrets masked. What cannot be had is left out, and the
 * member `not-collected` says why.
 */
export async function gatherLogs(options: GatherOptions): Promise<TarMember[]> {
  const missing: string[] = [];
  const fromPrograms = await runAll([journal, ...logPrograms], options, missing);
  const found = [...readFiles(missing), ...fromPrograms];
  if (!fromPrograms.some(({ name }) => name === journal.member)) found.push(...readLogDirectory(logDirectory));
  const certificates = wholeWithin(options, missing);
  if (missing.length > 0) found.push({ name: 'not-collected', content: Buffer.from(`${missing.join('\n')}\n`) });
  const left = options.limitBytes - sizeOf(certificates);
  return [...certificates, ...(await keepWithin(found, left))];
}

async function runAll(
  programs: readonly LogProgram[],
  options: GatherOptions,
  missing: string[],
): Promise<TarMember[]> {
  const members: TarMember[] = [];
  const waiting = programs.values();
  const runSome = async () => {
    for (const program of waiting) {
      const content = await output(program, options, missing);
      if (content) members.push({ name: program.member, content: Buffer.from(content) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runSome));
  return members.sort((one, other) => one.name.localeCompare(other.name));
}

async function output(source: LogProgram, { run, signal }: GatherOptions, missing: string[]): Promise<string | null> {
  const { member, program, args, timeoutSeconds = 10 } = source;
  if (signal.aborted) {
    missing.push(`${member}: no time left`);
    return null;
  }
  try {
    return (await run({ program, args, effect: { kind: 'read' }, timeoutSeconds, signal })).stdout;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    missing.push(`${member}: ${errorText(error)}`);
    return null;
  }
}

function readFiles(missing: string[]): TarMember[] {
  return logFiles.flatMap(({ member, path }) => {
    try {
      return [{ name: member, content: readFileSync(path) }];
    } catch (error) {
      missing.push(`${member}: ${errorText(error)}`);
      return [];
    }
  });
}

/** A part of a certificate would be none: what does not fit is left out and named. */
function wholeWithin({ certificates, limitBytes }: GatherOptions, missing: string[]): readonly TarMember[] {
  const fitting: TarMember[] = [];
  for (const member of certificates) {
    if (sizeOf(fitting) + member.content.length <= limitBytes) fitting.push(member);
    else missing.push(`${member.name}: no room left`);
  }
  return fitting;
}

function sizeOf(members: readonly TarMember[]): number {
  return members.reduce((sum, { content }) => sum + content.length, 0);
}

/** Masks secrets, and cuts what is too much: the smaller a member, the surer it is kept whole. */
async function keepWithin(members: readonly TarMember[], limitBytes: number): Promise<TarMember[]> {
  const fitting: TarMember[] = [];
  let left = limitBytes;
  const bySize = members.toSorted((one, other) => one.content.length - other.content.length);
  for (const { name, content } of bySize) {
    const kept = content.subarray(Math.max(0, content.length - left));
    left -= kept.length;
    fitting.push({ name, content: await redactLog(kept) });
  }
  return fitting;
}

const pieceBytes = 1024 * 1024;

/** Piece by piece, at the ends of lines: the locks of other jobs in this process have to be renewed meanwhile. */
async function redactLog(content: Uint8Array): Promise<Buffer> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf('\n', Math.min(start + pieceBytes, bytes.length - 1));
    const end = newline < 0 ? bytes.length : newline + 1;
    pieces.push(Buffer.from(redactText(bytes.toString('utf8', start, end))));
    start = end;
    await breathe();
  }
  return Buffer.concat(pieces);
}
