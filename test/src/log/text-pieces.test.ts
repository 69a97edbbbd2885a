import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { textPieces } from '../../../src/log/text-pieces.ts';

async function piecesOf(chunks: readonly Buffer[]): Promise<readonly string[]> {
  async function* source(): AsyncGenerator<Buffer, void> {
    yield* chunks;
  }
  const pieces: string[] = [];
  for await (const piece of textPieces(source())) pieces.push(piece.toString());
  return pieces;
}

describe('textPieces', () => {
  it('has the whole text in pieces of whole lines, however it comes', async () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }).map((line) => line.replaceAll('\n', ' ')));
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 50 }), async (all, size) => {
        const text = Buffer.from(all.map((line) => `${line}\n`).join(''));
        const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
          text.subarray(index * size, (index + 1) * size),
        );
        assert.equal((await piecesOf(chunks)).join(''), text.toString());
      }),
    );
  });

  it('cuts where there is enough for a piece, after a line', async () => {
    const line = `${'x'.repeat(999)}\n`;
    const pieces = await piecesOf(Array.from({ length: 1000 }, () => Buffer.from(line)));
    assert.ok(pieces.length > 5);
    for (const piece of pieces) assert.ok(piece.endsWith('\n') && piece.length < 128 * 1024);
  });

  it('ends the last line', async () => {
    assert.deepEqual(await piecesOf([Buffer.from('one\ntw'), Buffer.from('o')]), ['one\ntwo\n']);
    assert.deepEqual(await piecesOf([]), []);
  });

  it('has the beginning of a line that is too long, and says how much is missing', async () => {
    const chunk = Buffer.alloc(50 * 1024, 'x');
    const pieces = await piecesOf([chunk, chunk, Buffer.from('y\nnext\n')]);
    const lines = pieces.join('').split('\n');
    assert.equal(lines[0], `${'x'.repeat(64 * 1024)} [${36 * 1024 + 1} bytes of this line left out]`);
    assert.equal(lines[1], 'next');
  });
});
