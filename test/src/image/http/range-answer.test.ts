import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RangeAnswer, readRangeAnswer, strongValidator } from '../../../../src/image/http/range-answer.ts';
import { isPassing } from '../../../../src/image/http/transfer-error.ts';

const head = (status: number, headers: Readonly<Record<string, string>>) => ({
  status,
  reason: '',
  headers: new Map(Object.entries(headers)),
});
const part = (range: string, length?: string) =>
  head(206, { 'content-range': range, ...(length === undefined ? {} : { 'content-length': length }) });

const understood: readonly (readonly [ReturnType<typeof head>, end: number | null, RangeAnswer])[] = [
  [part('bytes 10-99/100', '90'), null, { kind: 'part', end: 100, total: 100 }],
  [part('bytes 10-99/100'), null, { kind: 'part', end: 100, total: 100 }],
  [part('bytes 10-49/100', '40'), null, { kind: 'part', end: 50, total: 100 }],
  [part('bytes 10-19/100', '10'), 20, { kind: 'part', end: 20, total: 100 }],
  [part('bytes 10-19/*', '10'), 20, { kind: 'part', end: 20, total: null }],
  [head(200, { 'content-length': '100' }), null, { kind: 'whole', total: 100 }],
  [head(200, { 'transfer-encoding': 'chunked' }), null, { kind: 'whole', total: null }],
  [head(200, {}), null, { kind: 'whole', total: null }],
  [head(416, { 'content-range': 'bytes */7' }), null, { kind: 'beyond', total: 7 }],
  [head(416, {}), null, { kind: 'beyond', total: null }],
];

for (const [answer, end, expected] of understood) {
  test(`understands ${answer.status} ${JSON.stringify([...answer.headers.values()])} for 10-${end ?? ''}`, () => {
    assert.deepEqual(readRangeAnswer(answer, { offset: 10, end }), expected);
  });
}

for (const [answer, end] of [
  [part('bytes 0-99/100', '100'), null],
  [part('bytes 11-99/100', '89'), null],
  [part('bytes 10-99/100', '89'), null],
  [part('bytes 10-99/100', '91'), null],
  [part('bytes 10-100/100', '91'), null],
  [part('bytes 10-20/100', '11'), 20],
  [part('bytes 10-9/100', '0'), null],
  [part('bytes 10-5/100'), null],
  [part('bytes */100'), null],
  [part('items 10-99/100'), null],
  [part('bytes 10-99/100, bytes 10-99/100'), null],
  [part('bytes 10-99999999999999999999/*'), null],
  [head(206, {}), null],
] as const) {
  test(`calls 206 ${JSON.stringify([...answer.headers.values()])} for 10-${end ?? ''} wrong`, () => {
    assert.throws(
      () => readRangeAnswer(answer, { offset: 10, end }),
      (error: Error) => {
        assert.match(error.message, /^wrong 206: asked for bytes 10-\d*, answered with content-range /);
        assert.ok(isPassing(error));
        return true;
      },
    );
  });
}

for (const [status, passing] of [
  [401, false],
  [403, false],
  [404, false],
  [410, false],
  [407, false],
  [408, true],
  [425, true],
  [429, true],
  [204, false],
  [500, true],
  [503, true],
] as const) {
  test(`status ${status} is ${passing ? 'passing' : 'final'}`, () => {
    assert.throws(
      () => readRangeAnswer(head(status, {}), { offset: 0, end: null }),
      (error) => isPassing(error) === passing,
    );
  });
}

test('a body that was compressed on the way is refused for good', () => {
  for (const answer of [head(200, {}), part('bytes 10-99/100')]) {
    const encoded = { ...answer, headers: new Map([...answer.headers, ['content-encoding', 'gzip']]) };
    assert.throws(
      () => readRangeAnswer(encoded, { offset: 10, end: null }),
      (error: Error) => /content-encoding gzip was not asked for/.test(error.message) && !isPassing(error),
    );
    readRangeAnswer(
      { ...answer, headers: new Map([...answer.headers, ['content-encoding', 'Identity']]) },
      {
        offset: 10,
        end: null,
      },
    );
  }
});

test('only a strong ETag is a validator', () => {
  const of = (etag: string) => strongValidator(head(200, { etag }));
  assert.equal(of('"a-1"'), '"a-1"');
  assert.equal(of('""'), '""');
  for (const etag of ['W/"a"', 'a', '"a', '"a" "b"', '"a", "b"', `"${'a'.repeat(2000)}"`]) assert.equal(of(etag), null);
  assert.equal(strongValidator(head(200, {})), null);
});
