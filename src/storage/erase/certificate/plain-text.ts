import { redactText } from '../../../log/redact.ts';

const longest = 4000;

/** A text of a drive, a program or an error, fit for a certificate: well-formed, without secrets, not endless. */
export function plainText(text: string): string {
  const told = redactText(text.toWellFormed());
  return told.length <= longest ? told : `${told.slice(0, longest).toWellFormed()} [${told.length - longest} more]`;
}

/** The same for what may be missing: an empty text says nothing. */
export function plainTextOrNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : plainText(text);
}

/** Control characters, those that turn the direction of a text, invisible ones: what a drive could say to deceive a reader. */
const deceptive = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u3164\uffa0\ufffd]/gu;

/** A text that shows all that is in it, on a terminal and on a page: what cannot be seen is spelled out, `\u{202e}`. */
export function visibleText(text: string): string {
  return text.toWellFormed().replace(deceptive, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

/** Part of a file name: letters, digits, `-` and `_`, at most `most` of them. */
export function fileWord(text: string, most: number): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, most);
}
