import { bodyFraming, type ResponseHead } from './response-head.ts';
import { checkEncoding, statusError } from './response-status.ts';
import { TransferError } from './transfer-error.ts';

/** Bytes that are asked for, from `offset` up to but not including `end`; null for all there are. */
export interface Span {
  readonly offset: number;
  readonly end: number | null;
}

/** What a GET with a Range was answered with (RFC 9110 sections 14.2 and 15.3.7). `total` is the size of the whole object. */
export type RangeAnswer =
  | { readonly kind: 'part'; readonly end: number; readonly total: number | null }
  | { readonly kind: 'whole'; readonly total: number | null }
  /** 416: there is nothing at that offset. */
  | { readonly kind: 'beyond'; readonly total: number | null };

/**
 * Reads the head of an answer. Throws TransferError for any other status, and, as passing, for a 206 that is not what was
 * asked for: such a server is broken, another one may not be.
 */
export function readRangeAnswer(head: ResponseHead, asked: Span): RangeAnswer {
  if (head.status === 416) {
    const total = /^bytes \*\/(\d{1,15})$/.exec(head.headers.get('content-range') ?? '')?.[1];
    return { kind: 'beyond', total: total === undefined ? null : Number(total) };
  }
  if (head.status !== 200 && head.status !== 206) throw statusError(head);
  checkEncoding(head);
  const framing = bodyFraming(head);
  const bytes = framing.kind === 'length' ? framing.bytes : null;
  return head.status === 200 ? { kind: 'whole', total: bytes } : readPart(head, asked, bytes);
}

function readPart(head: ResponseHead, asked: Span, bytes: number | null): RangeAnswer {
  const text = head.headers.get('content-range') ?? 'none';
  const broken = (): TransferError => {
    const want = `bytes ${asked.offset}-${asked.end === null ? '' : asked.end - 1}`;
    const length = bytes === null ? '' : ` and content-length ${bytes}`;
    return new TransferError(
      `wrong 206: asked for ${want}, answered with content-range ${text.slice(0, 80)}${length}`,
      {
        passing: true,
      },
    );
  };
  const [, first, last, whole] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text) ?? [];
  if (whole === undefined) throw broken();
  const end = Number(last) + 1;
  const total = whole === '*' ? null : Number(whole);
  const fits =
    Number(first) === asked.offset &&
    end > asked.offset &&
    end <= (asked.end ?? Number.MAX_SAFE_INTEGER) &&
    end <= (total ?? Number.MAX_SAFE_INTEGER) &&
    (bytes === null || bytes === end - asked.offset);
  if (!fits) throw broken();
  return { kind: 'part', end, total };
}

/** The ETag where it is a strong one (RFC 9110 section 8.8.3), as it is sent back in If-Range; else null. */
export function strongValidator(head: ResponseHead): string | null {
  const etag = head.headers.get('etag') ?? '';
  return /^"[\x21\x23-\x7e\x80-\xff]{0,1000}"$/.test(etag) ? etag : null;
}
