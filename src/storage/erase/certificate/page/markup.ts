import { visibleText } from '../plain-text.ts';

/** HTML that is safe to put into a page: only `html` makes it. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Part = string | number | Markup | readonly Markup[];

/** HTML by a template: whatever is put in, but for other markup, is text and shown as that, also what cannot be seen. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + partText(parts[index - 1] ?? '') + string));
}

export const nothing = new Markup('');

function partText(part: Part): string {
  if (part instanceof Markup) return part.toString();
  if (typeof part === 'object') return part.join('\n');
  return escaped(visibleText(String(part)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
