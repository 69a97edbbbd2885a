import { errorText } from '../errors/guards.ts';
import type { LogArchive } from './log-archive.ts';
import type { LogSource, OpenLog } from './log-source.ts';
import type { PackedPiece, PackedPieces } from './packed-pieces.ts';
import { redactText } from './redact.ts';
import { textPieces } from './text-pieces.ts';

/** Why a member, or some of it, is missing. */
export interface Missing {
  readonly member: string;
  readonly why: 'time' | 'size' | 'failed';
  readonly text: string;
}

export interface Collected {
  readonly textBytes: number;
  readonly missing: Missing | null;
}

export interface CollectingDeps {
  readonly archive: LogArchive;
  readonly pieces: PackedPieces;
  /** When this is aborted, what is there by then is what comes. */
  readonly signal: AbortSignal;
}

/**
 * Puts one source into the archive, secrets masked. It never waits longer than the source may take, whatever a program does that
 * hangs on a dead disk and that no signal ends. What came before it failed, or was too much, is kept.
 */
export async function collectMember(source: LogSource, deps: CollectingDeps): Promise<Collected> {
  const { member, timeoutSeconds } = source;
  const missing = (why: Missing['why'], text: string): Missing => ({ member, why, text });
  if (deps.signal.aborted) return { textBytes: 0, missing: missing('time', 'no time left for it') };
  if (!deps.archive.claimMember()) return { textBytes: 0, missing: missing('size', 'no room left for it') };
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const over = AbortSignal.any([deps.signal, timeout]);
  const kept = new KeptPieces(source, deps);
  let log: OpenLog | undefined;
  let problem: Missing | null = null;
  const onProblem = (error: unknown): void => {
    if (!over.aborted) problem = missing('failed', errorText(error));
    else problem = missing('time', timeout.aborted ? `stopped after ${timeoutSeconds} s` : 'stopped: no time left');
  };
  try {
    log = source.open();
    for await (const text of maskedPieces(source, untilProblem(log.chunks, over, onProblem))) {
      if (await kept.add(text)) continue;
      problem = missing('size', `cut to ${kept.textBytes} bytes`);
      break;
    }
  } catch (error) {
    onProblem(error);
  }
  if (problem) log?.stop('what is wanted of it is there, or its time is over');
  kept.finish();
  return { textBytes: kept.textBytes, missing: problem };
}

async function* maskedPieces(source: LogSource, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const pieces = textPieces(chunks);
  for await (const piece of source.newestFirst ? inOrderOfTime(pieces) : pieces) {
    yield Buffer.from(redactText(piece.toString('utf8')));
  }
}

/** Turns around the entries of each piece; lines that begin with white space belong to the one before. */
async function* inOrderOfTime(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let unfinished = '';
  for await (const piece of pieces) {
    const entries = `${unfinished}${piece.toString('utf8')}`.split(/(?<=\n)(?!\s)/);
    unfinished = entries.pop() ?? '';
    if (entries.length > 0) yield Buffer.from(entries.reverse().join(''));
  }
  if (unfinished !== '') yield Buffer.from(unfinished);
}

class KeptPieces {
  readonly #source: LogSource;
  readonly #deps: CollectingDeps;
  readonly #kept: PackedPiece[] = [];
  textBytes = 0;

  constructor(source: LogSource, deps: CollectingDeps) {
    this.#source = source;
    this.#deps = deps;
  }

  /** False when only a part of it, or nothing, had room. */
  async add(text: Buffer): Promise<boolean> {
    const { limitBytes, newestFirst } = this.#source;
    const room = this.#deps.archive.claim(Math.min(text.length, limitBytes - this.textBytes));
    const isWhole = room === text.length;
    const part = isWhole ? text : wholeLines(text, room, newestFirst === true);
    if (part.length > 0) this.#kept.push(await this.#deps.pieces.add(part));
    this.textBytes += part.length;
    return isWhole;
  }

  finish(): void {
    if (this.#kept.length === 0) return;
    const inOrder = this.#source.newestFirst ? this.#kept.toReversed() : this.#kept;
    this.#deps.archive.add(this.#source.member, inOrder);
  }
}

/** As many lines as have room, from the beginning or from the end. */
function wholeLines(text: Buffer, room: number, fromEnd: boolean): Buffer {
  if (room <= 0) return text.subarray(0, 0);
  if (!fromEnd) return text.subarray(0, text.lastIndexOf('\n', room - 1) + 1);
  const start = text.indexOf('\n', text.length - room - 1);
  return start < 0 ? text.subarray(text.length) : text.subarray(start + 1);
}

/**
 * The chunks up to the first problem, which is told instead of thrown, so that what came before it is not lost on its way. That
 * the signal is aborted is one, also while the next chunk does not come.
 */
async function* untilProblem(
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal,
  onProblem: (error: unknown) => void,
): AsyncGenerator<Buffer, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextOf(iterator, signal);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    onProblem(error);
  }
}

/** One listener at a time: a race against one promise for all chunks would keep every chunk in memory. */
function nextOf(iterator: AsyncIterator<Buffer>, signal: AbortSignal): Promise<IteratorResult<Buffer>> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
