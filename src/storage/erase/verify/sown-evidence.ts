import type { ContentSample } from './content-samples.ts';
import type { Watermark } from './watermarks.ts';

/** What must be gone after the erase. */
export interface SownEvidence {
  readonly watermarks: readonly Watermark[];
  readonly samples: readonly ContentSample[];
}

type Mark = Watermark | ContentSample;

const packed = new WeakMap<SownEvidence, string>();

/**
 * `OFFSET:DIGEST` of each mark with spaces between them, the watermarks first and a bar behind them: without a character that JSON
 * escapes. The same object is packed once.
 */
export function packSown(sown: SownEvidence): string {
  const known = packed.get(sown);
  if (known !== undefined) return known;
  const text = `${packMarks(sown.watermarks)}|${packMarks(sown.samples)}`;
  packed.set(sown, text);
  return text;
}

/** Throws Error for a text that is none: nobody knows then what must be gone. */
export function unpackSown(text: string): SownEvidence {
  const [watermarks, samples, ...more] = text.split('|');
  if (watermarks === undefined || samples === undefined || more.length > 0) {
    throw new Error(`the marks of an interrupted erase cannot be read: ${text.slice(0, 100)}`);
  }
  return { watermarks: unpackMarks(watermarks), samples: unpackMarks(samples) };
}

function packMarks(marks: readonly Mark[]): string {
  return marks.map(({ offset, digest }) => `${offset}:${digest}`).join(' ');
}

function unpackMarks(text: string): readonly Mark[] {
  if (text === '') return [];
  return text.split(' ').map((mark) => {
    const [, offset, digest] = /^(\d+):([\w-]+)$/.exec(mark) ?? [];
    if (offset === undefined || digest === undefined) {
      throw new Error(`the marks of an interrupted erase cannot be read: ${mark.slice(0, 100)}`);
    }
    return { offset: Number(offset), digest };
  });
}
