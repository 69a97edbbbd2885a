import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bodyFraming, parseResponseHead } from '../../../../src/image/http/response-head.ts';
import { TransferError } from '../../../../src/image/http/transfer-error.ts';

const head = (...lines: readonly string[]) => parseResponseHead(['HTTP/1.1 200 OK', ...lines].join('\r\n'));

test('reads status, reason and headers by lower-case name', () => {
  const { status, reason, headers } = parseResponseHead(
    'HTTP/1.0 404 Not  Found\r\nContent-Type:  text/plain \r\nX-a:1',
  );
  assert.equal(status, 404);
  assert.equal(reason, 'Not  Found');
  assert.deepEqual(
    [...headers],
    [
      ['content-type', 'text/plain'],
      ['x-a', '1'],
    ],
  );
});

test('reads a status line without a reason', () => {
  assert.equal(parseResponseHead('HTTP/1.1 200').status, 200);
});

test('joins repeated headers', () => {
  assert.equal(head('a: 1', 'A: 2').headers.get('a'), '1, 2');
});

for (const text of ['', 'HTTP/2 200', 'SSH-2.0-OpenSSH_9.2', 'HTTP/1.1 99 x', 'HTTP/1.1 200 OK\r\n folded: no']) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseResponseHead(text), TransferError);
  });
}

test('takes the length, also where it is given twice the same', () => {
  assert.deepEqual(bodyFraming(head('content-length: 17')), { kind: 'length', bytes: 17 });
  assert.deepEqual(bodyFraming(head('content-length: 17', 'content-length: 17')), { kind: 'length', bytes: 17 });
});

test('takes chunks before a length, and the end of the connection without either', () => {
  assert.deepEqual(bodyFraming(head('content-length: 17', 'transfer-encoding: Chunked')), { kind: 'chunked' });
  assert.deepEqual(bodyFraming(head()), { kind: 'until-close' });
});

for (const value of ['-1', '1e9', '17, 18', '', '99999999999999999999', '0x10']) {
  test(`refuses content-length ${JSON.stringify(value)}`, () => {
    assert.throws(() => bodyFraming(head(`content-length: ${value}`)), TransferError);
  });
}

test('answers any text with a head or a TransferError', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (text, good) => {
      try {
        bodyFraming(parseResponseHead(good ? `HTTP/1.1 200 OK\r\n${text}` : text));
      } catch (error) {
        assert.ok(error instanceof TransferError, String(error));
      }
    }),
  );
});
