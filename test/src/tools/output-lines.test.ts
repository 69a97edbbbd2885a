import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outputLines } from '../../../src/tools/output-lines.ts';

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  async function* output(): AsyncGenerator<Buffer, void> {
    for (const chunk of chunks) yield Buffer.from(chunk as Buffer);
  }
  const lines: string[] = [];
  for await (const line of outputLines(output())) lines.push(line);
  return lines;
}

suite('the lines of a program', () => {
  test('are the same however its output is cut', async () => {
    const text = 'one\ntwø\r50 %\r100 %\n\nlast';
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
    const expected = ['one', 'twø', '50 %', '100 %', 'last'];
    assert.deepEqual(await linesOf(text), expected);
    assert.deepEqual(await linesOf(...bytes), expected);
  });

  test('of which one never ends lose their beginning', async () => {
    const [line = ''] = await linesOf(...Array.from({ length: 40 }, (_, index) => `${index % 10}`.repeat(100_000)));
    assert.equal(line.length, 1024 * 1024);
    assert.ok(line.endsWith('9'.repeat(100_000)));
  });
});
