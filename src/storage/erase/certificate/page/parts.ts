import type { PlainValue } from '../certificate-body.ts';
import { html, type Markup, nothing } from './markup.ts';

/** Something to say, or nothing known. */
export type Value = PlainValue | Markup;

export function section(title: string, ...content: readonly Markup[]): Markup {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

/** Names with what belongs to them; what is not known is said to be so. */
export function facts(rows: readonly (readonly [string, Value])[]): Markup {
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${shown(value)}</dd>`)}</dl>`;
}

/** Lines to be filled in with a pen. */
export function openLines(names: readonly string[]): Markup {
  return html`<dl>${names.map((name) => html`<dt>${name}</dt><dd class="open"></dd>`)}</dl>`;
}

export function table(heads: readonly string[], rows: readonly (readonly Value[])[]): Markup {
  const cell = (value: Value, index: number): Markup =>
    html`<td data-name="${heads[index] ?? ''}">${shown(value)}</td>`;
  return html`<table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table>`;
}

export function code(text: string): Markup {
  return html`<code>${text}</code>`;
}

export function sectionIf(isThere: boolean, make: () => Markup): Markup {
  return isThere ? make() : nothing;
}

function shown(value: Value): Markup {
  if (value === null) return html`not known`;
  if (typeof value === 'boolean') return value ? html`yes` : html`no`;
  return typeof value === 'object' ? value : html`${value}`;
}
