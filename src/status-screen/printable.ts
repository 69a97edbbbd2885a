/**
 * A text of one line that cannot control a terminal: nothing but printable ASCII, each of one column. Names, errors and what a server
 * said come from elsewhere, and the fonts of consoles have little else.
 */
export function printable(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/gu, '?')
    .trim();
}

/** The same as lines of at most so many columns, broken at spaces where there are any. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let rest = printable(text);
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
