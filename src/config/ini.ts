/** One `key = value` of an INI file. */
export interface IniEntry {
  readonly section: string;
  /** In snake case: a dash in the file counts as an underscore. */
  readonly key: string;
  readonly value: string;
  /** Line of the key, from 1. */
  readonly line: number;
}

/** A line that is no INI. */
export class IniSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'IniSyntaxError';
    this.line = line;
  }
}

/**
 * Parses an INI file in the dialect of oslo.config: `[section]`, `key = value` or `key: value`, lines that begin with a
 * space continue the value above, comments are whole lines that begin with # or ;. Quotes around a value are taken off.
 * Throws IniSyntaxError.
 */
export function parseIni(text: string): IniEntry[] {
  const reader = new IniReader();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const comment = /^\s*[#;]/.test(line);
    if (!comment) reader.take(line, index + 1);
  }
  return reader.finish();
}

interface OpenEntry {
  readonly section: string;
  readonly key: string;
  readonly parts: string[];
  readonly line: number;
}

class IniReader {
  readonly #entries: IniEntry[] = [];
  #section: string | null = null;
  #open: OpenEntry | null = null;

  take(rawLine: string, line: number): void {
    const trimmed = rawLine.trim();
    if (trimmed !== '' && /^\s/.test(rawLine)) {
      if (!this.#open) throw new IniSyntaxError(line, 'expected a key, got an indented line with nothing to continue');
      this.#open.parts.push(trimmed);
      return;
    }
    this.finish();
    if (trimmed.startsWith('[')) this.#section = parseSection(trimmed, line);
    else if (trimmed !== '') {
      const assignment = parseAssignment(trimmed, line);
      if (this.#section === null) {
        throw new IniSyntaxError(line, 'expected a section such as [DEFAULT] before the first key');
      }
      this.#open = { ...assignment, section: this.#section, line };
    }
  }

  /** Ends the entry that continuation lines could still have belonged to. */
  finish(): IniEntry[] {
    if (this.#open) {
      const { section, key, parts, line } = this.#open;
      this.#entries.push({ section, key, value: unquote(parts.join('\n')), line });
      this.#open = null;
    }
    return this.#entries;
  }
}

function parseSection(text: string, line: number): string {
  const match = /^\[\s*([^[\]]*[^[\]\s])\s*\]$/.exec(text);
  if (!match?.[1]) throw new IniSyntaxError(line, `expected [section], got ${JSON.stringify(text)}`);
  return match[1];
}

function parseAssignment(text: string, line: number): { key: string; parts: string[] } {
  const match = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(text);
  if (!match?.[1]) throw new IniSyntaxError(line, 'expected key = value, got a line without = or :');
  return { key: match[1].replaceAll('-', '_'), parts: [match[2] ?? ''] };
}

function unquote(value: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(value);
  return quoted?.[2] ?? value;
}
