import { runInNewContext } from 'node:vm';
import { errorText } from '../errors/guards.ts';

/** A pattern that is none, or one that takes too long. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const mostPatterns = 100;
const mostCharacters = 1000;
const matchingMilliseconds = 1000;

/**
 * Regular expressions as Ironic's users write them, in the syntax of Python, as source text for a RegExp with the flags `iu`. Throws
 * PatternError for what is no list of texts, too much of it, or not understood.
 */
export function parsePatterns(patterns: unknown): readonly string[] {
  if (!Array.isArray(patterns)) throw new PatternError(`must be a list of regular expressions, not ${typeof patterns}`);
  if (patterns.length > mostPatterns) throw new PatternError(`has ${patterns.length} items, at most ${mostPatterns}`);
  return patterns.map((pattern: unknown, index) => {
    if (typeof pattern !== 'string') throw new PatternError(`item ${index + 1} is no text but ${typeof pattern}`);
    if (pattern.length > mostCharacters) {
      throw new PatternError(`item ${index + 1} has ${pattern.length} characters, at most ${mostCharacters}`);
    }
    const source = fromPython(pattern);
    try {
      new RegExp(source, 'iu');
    } catch (error) {
      throw new PatternError(`"${pattern}" is no regular expression: ${errorText(error)}`, { cause: error });
    }
    return source;
  });
}

/**
 * Which of the texts any of the patterns is found in, case-insensitively. The patterns may come from anybody and some take for ever,
 * so they run with a limit: throws PatternError when it is reached.
 */
export function findMatches(patterns: readonly string[], texts: readonly string[]): readonly boolean[] {
  const code = `JSON.stringify(texts.map((text) => patterns.some((pattern) => new RegExp(pattern, 'iu').test(text))))`;
  // Copies: an array of ours would lead out of the context.
  const world = { patterns: [...patterns], texts: [...texts] };
  try {
    return JSON.parse(runInNewContext(code, world, { timeout: matchingMilliseconds })) as readonly boolean[];
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new PatternError(`takes more than ${matchingMilliseconds} ms to match`, { cause: error });
  }
}

/** The error comes out of the other context, so it is no Error of ours. */
function isTimeout(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** What Python spells otherwise; what JavaScript would take for something else stays an error (flag `u`). */
function fromPython(pattern: string): string {
  return pattern
    .replace(/^\(\?i\)/, '')
    .replace(/\\(?:([AZ])|([^\w\s]))|\(\?P([<=])(\w*)(\))?/g, (whole, anchor, punctuation, group, name, close) => {
      if (anchor !== undefined) return anchor === 'A' ? '^' : '$';
      if (punctuation !== undefined) return escaped(whole, punctuation);
      return group === '<' ? `(?<${name}${close ?? ''}` : `\\k<${name}>`;
    });
}

/** `\-` and `\_` mean themselves in Python; JavaScript knows only escapes of what has a meaning. */
function escaped(whole: string, character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : whole;
}
