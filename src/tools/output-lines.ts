/** A line that is longer loses its beginning. */
const longestLine = 1024 * 1024;

/**
 * The lines of what a program writes while it runs; `\r`, by which programs write over their last line, ends one too. Empty ones
 * are left out. Memory is bounded whatever it writes.
 */
export async function* outputLines(output: AsyncIterator<Buffer>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let next = await output.next(); !next.done; next = await output.next()) {
    const lines = (rest + decoder.decode(next.value, { stream: true })).split(/[\r\n]/);
    rest = (lines.pop() ?? '').slice(-longestLine);
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}
