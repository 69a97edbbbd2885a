const pieceBytes = 64 * 1024;

/** Of a longer line only the beginning comes: a piece ends with a line, and a secret must not lie in two of them. */
const longestLineBytes = 64 * 1024;

const newline = 0x0a;

/** Cuts a stream of text into pieces of whole lines, each small enough to be handled at once. */
export async function* textPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let lines: Buffer[] = [];
  let bytes = 0;
  for await (const line of linesOf(chunks)) {
    lines.push(line);
    bytes += line.length;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat(lines);
    lines = [];
    bytes = 0;
  }
  if (lines.length > 0) yield Buffer.concat(lines);
}

/** Runs of whole lines, as they come in one chunk; a line that is too long is cut. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const begin = (part: Buffer): void => {
    const kept = part.subarray(0, Math.max(0, longestLineBytes - begunBytes));
    if (kept.length > 0) begun.push(Buffer.from(kept));
    begunBytes += part.length;
  };
  const end = (): Buffer => {
    const cut = begunBytes - longestLineBytes;
    const note = cut > 0 ? ` [${cut} bytes of this line left out]` : '';
    const line = Buffer.concat([...begun, Buffer.from(`${note}\n`)]);
    begun = [];
    begunBytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const first = chunk.indexOf(newline);
    if (first < 0) {
      begin(chunk);
      continue;
    }
    begin(chunk.subarray(0, first));
    yield end();
    const last = chunk.lastIndexOf(newline);
    if (last > first) yield Buffer.from(chunk.subarray(first + 1, last + 1));
    if (last + 1 < chunk.length) begin(chunk.subarray(last + 1));
  }
  if (begunBytes > 0) yield end();
}
