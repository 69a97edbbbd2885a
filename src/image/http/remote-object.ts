import { named } from './as-transfer-error.ts';
import { type Exchange, exchange } from './exchange.ts';
import type { Opened } from './mending-source.ts';
import type { Mirror, Mirrors } from './mirrors.ts';
import { ObjectChangedError } from './object-changed-error.ts';
import { type RangeAnswer, readRangeAnswer, type Span, strongValidator } from './range-answer.ts';
import type { RemoteOptions } from './remote-options.ts';
import { TransferError } from './transfer-error.ts';

/** Up to here a short read takes its bytes out of an answer that is the whole object. */
const shortSkipBytes = 1024 * 1024;

/** One object on several servers: opens spans of it, and watches that it stays the same. */
export class RemoteObject {
  /** Size in bytes by the first answer that had one. */
  totalBytes: number | null = null;
  fetchedBytes = 0;
  readonly mirrors: Mirrors;
  readonly #options: RemoteOptions;

  constructor(mirrors: Mirrors, options: RemoteOptions) {
    this.mirrors = mirrors;
    this.#options = options;
  }

  /**
   * Asks one mirror for a span; null where the object, of a size unknown so far, ends at its start. Throws TransferError,
   * ObjectChangedError, or the reason of the signal.
   */
  async open(
    mirror: Mirror,
    span: Span,
    signal: AbortSignal,
  ): Promise<(Opened & { readonly answer: RangeAnswer }) | null> {
    const lines = [`Range: bytes=${span.offset}-${span.end === null ? '' : span.end - 1}`];
    // A server that has another version by now then sends the whole of that, and not a part that does not fit.
    if (typeof mirror.validator === 'string') lines.push(`If-Range: ${mirror.validator}`);
    const got = await exchange(mirror.address, lines, { ...this.#options, signal });
    try {
      const opened = this.#accept(mirror, span, got);
      if (opened === null) got.close();
      return opened;
    } catch (error) {
      got.close();
      throw named(got.from, error);
    }
  }

  #accept(mirror: Mirror, span: Span, got: Exchange): (Opened & { readonly answer: RangeAnswer }) | null {
    const answer = readRangeAnswer(got.head, span);
    const total = this.totalBytes;
    this.#checkVersion(mirror, got, answer);
    switch (answer.kind) {
      case 'part':
        return { exchange: got, answer, end: answer.end, skip: 0 };
      case 'whole':
        if (span.end !== null && span.offset > shortSkipBytes) {
          throw new TransferError(`sent the whole object instead of the part from byte ${span.offset}`, {
            passing: true,
          });
        }
        return { exchange: got, answer, end: answer.total, skip: span.offset };
      case 'beyond':
        if (span.offset > 0 && total === null && answer.total === span.offset) return null;
        throw new TransferError(`status 416: ${emptyOrShort(span)}`, { passing: false });
    }
  }

  /** The validator belongs to one address, as every server makes its own; the size is that of all. */
  #checkVersion(mirror: Mirror, got: Exchange, { kind, total }: RangeAnswer): void {
    const validator = kind === 'beyond' ? null : strongValidator(got.head);
    const known = mirror.validator;
    if (known && validator && known !== validator) {
      throw new ObjectChangedError(
        `${mirror.shown}: the object has changed: its ETag was ${known} and is ${validator}`,
      );
    }
    if (total !== null && this.totalBytes !== null && total !== this.totalBytes) {
      const sizes = `has ${total} bytes, expected ${this.totalBytes}`;
      if (known !== undefined) throw new ObjectChangedError(`${mirror.shown}: the object has changed: ${sizes}`);
      throw new TransferError(`is another object: ${sizes} as at the first address that answered`, { passing: false });
    }
    if (kind === 'beyond') return;
    mirror.validator = validator ?? known ?? null;
    this.totalBytes ??= total;
    this.mirrors.preferred = mirror;
  }
}

function emptyOrShort({ offset }: Span): string {
  return offset === 0 ? 'the object is empty' : `the object has nothing at byte ${offset}`;
}
