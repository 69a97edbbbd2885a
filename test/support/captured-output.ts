import { readFileSync } from 'node:fs';

const fixtures = new URL('../fixtures/tools/', import.meta.url);

/** What a real tool wrote: its output, and the arguments that made it write that. */
export function capturedOutput(
  tool: string,
  name: string,
): { readonly args: readonly string[]; readonly text: string } {
  const read = (extension: string): string => readFileSync(new URL(`${tool}/${name}.${extension}`, fixtures), 'utf8');
  return { args: read('cmd').trim().split(' ').slice(1), text: read('txt') };
}
