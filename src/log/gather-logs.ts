import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandRecords } from '../core/command-records.ts';
import type { RunTool } from '../core/tool.ts';
import { errorText } from '../errors/guards.ts';
import { base64Text } from './base64-text.ts';
import { type CollectingDeps, collectMember, type Missing } from './collect-member.ts';
import { commandSources } from './command-sources.ts';
import { directorySources, fileSource } from './file-source.ts';
import { LogArchive } from './log-archive.ts';
import type { LogSource } from './log-source.ts';
import { journal, logDirectory, logFiles, logPrograms } from './log-sources.ts';
import { PackedPieces } from './packed-pieces.ts';
import { programSource, type StartProgram } from './program-source.ts';
import { redactText } from './redact.ts';
import { udevSources } from './udev-sources.ts';

/** A member that comes whole and byte for byte, because it is signed; there is no secret in it. */
export interface SignedMember {
  readonly name: string;
  readonly content: Buffer;
}

export interface GatherOptions {
  readonly run: RunTool;
  readonly start: StartProgram;
  readonly commands: CommandRecords;
  readonly signed: readonly SignedMember[];
  /** For a temporary file without a name. */
  readonly spoolDir: string;
  /** Seconds after the beginning at which nothing is waited for any more: for the programs, and for all. */
  readonly seconds: { readonly programs: number; readonly all: number };
  /** Of the archive before it is packed. */
  readonly limitBytes: number;
}

/** Programs at the same time: each of them mostly waits. */
const atOnce = 4;

/** Room for the list of what is missing. */
const missingLimitBytes = 64 * 1024;

/** How long redis may take to say which commands there are. */
const recordsSeconds = 5;

/**
 * What there is to know about this machine, as text files in a tar.gz, secrets masked, handed to `append` in base64 while it
 * grows. What is small and says most comes first, the journal gets what is left of room and time; what is missing is in the
 * member `not-collected` with its reason.
 */
export async function gatherLogs(options: GatherOptions, append: (base64: string) => void): Promise<void> {
  using pieces = new PackedPieces(options.spoolDir);
  const text = base64Text(append);
  const archive = new LogArchive(text.write, pieces, options.limitBytes);
  archive.claimMember(missingLimitBytes);
  const programs = AbortSignal.timeout(options.seconds.programs * 1000);
  const all = AbortSignal.timeout(options.seconds.all * 1000);
  const missing: Missing[] = [...addSigned(options.signed, archive)];
  const collect = async (sources: readonly LogSource[], signal: AbortSignal): Promise<void> => {
    missing.push(...(await collectAll(sources, { archive, pieces, signal })));
  };

  await collect(await ownSources(options.commands, missing), programs);
  await collect(
    [...logPrograms.map((each) => programSource(each, options.start)), ...udevSources(options.run)],
    programs,
  );
  const told = await collectMember(programSource(journal, options.start), { archive, pieces, signal: all });
  if (told.missing) missing.push(told.missing);
  if (told.textBytes === 0) await collect(directorySources(logDirectory), all);
  if (missing.length > 0) archive.addText('not-collected', missingText(missing));
  archive.end();
  text.end();
}

function addSigned(members: readonly SignedMember[], archive: LogArchive): readonly Missing[] {
  return members.flatMap(({ name, content }) => {
    // A part of one would be none.
    if (!archive.claimMember(content.length))
      return [{ member: name, why: 'size' as const, text: 'no room left for it' }];
    archive.addText(name, content);
    return [];
  });
}

async function ownSources(commands: CommandRecords, missing: Missing[]): Promise<readonly LogSource[]> {
  const files = logFiles.map(({ member, path }) => fileSource(member, path));
  try {
    const late = sleep(recordsSeconds * 1000, null, { ref: false });
    const known = await Promise.race([commands.all(), late]);
    if (known) return [...files, ...commandSources(commands, known)];
    missing.push({ member: 'commands.json', why: 'time', text: `no answer from redis within ${recordsSeconds} s` });
  } catch (error) {
    missing.push({ member: 'commands.json', why: 'failed', text: errorText(error) });
  }
  return files;
}

async function collectAll(sources: readonly LogSource[], deps: CollectingDeps): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  const waiting = sources.values();
  const collectSome = async (): Promise<void> => {
    for (const source of waiting) {
      const { missing: problem } = await collectMember(source, deps);
      if (problem) missing.push(problem);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, collectSome));
  return missing;
}

/** `lsblk: time: stopped after 10 s`, a line each. */
function missingText(missing: readonly Missing[]): Buffer {
  const lines = missing.map(
    ({ member, why, text }) => `${member}: ${why}: ${redactText(text.replaceAll('\n', ' '))}\n`,
  );
  return Buffer.from(lines.join('')).subarray(0, missingLimitBytes);
}
