import { createWriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The serial line of a machine: what it printed since it was switched on, and a keyboard. */
export class SerialConsole {
  readonly #line: Duplex;
  readonly #listeners = new Set<() => void>();
  #text = '';
  #hasEnded = false;

  /** VM_SERIAL_LOG=FILE also keeps what all of them print, for whoever wants to look on. */
  constructor(line: Duplex) {
    this.#line = line;
    const log = process.env['VM_SERIAL_LOG'];
    if (log !== undefined) line.pipe(createWriteStream(log, { flags: 'a' }));
    const decoder = new StringDecoder('utf8');
    line.on('data', (chunk: Buffer) => {
      this.#text += decoder.write(chunk);
      for (const listener of this.#listeners) listener();
    });
    line.on('error', () => this.#end()); // the power was cut
    line.on('close', () => this.#end());
  }

  /** Everything so far, without colours and carriage returns. */
  get text(): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    return this.#text.replaceAll(/\u001B\[[0-9;?]*[A-Za-z]|\r/g, '');
  }

  /** The last lines, for a person. */
  lastLines(count: number): readonly string[] {
    return this.text.trimEnd().split('\n').slice(-count);
  }

  /** The first place, behind `from` characters of the text, that fits. Throws with the last lines when it does not come, or cannot any more. */
  async waitFor(pattern: RegExp, withinSeconds: number, from = 0): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const fail = (why: string): void => {
      reject(new Error(`${pattern} on the serial line: ${why}; it said\n${this.lastLines(25).join('\n')}`));
    };
    const look = (): void => {
      const found = pattern.exec(this.text.slice(from));
      if (found) resolve(found);
      else if (this.#hasEnded) fail('the machine is off');
    };
    const late = setTimeout(() => fail(`not within ${withinSeconds} s`), withinSeconds * 1000);
    this.#listeners.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#listeners.delete(look);
    }
  }

  /** Types; a line ends with \n. */
  type(text: string): void {
    this.#line.write(text);
  }

  /** Types a line and waits for what it makes the machine print. */
  async ask(line: string, answer: RegExp, withinSeconds: number): Promise<RegExpExecArray> {
    const from = this.text.length;
    this.type(`${line}\n`);
    return await this.waitFor(answer, withinSeconds, from);
  }

  #end(): void {
    this.#hasEnded = true;
    for (const listener of this.#listeners) listener();
  }
}
