import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { errorCatalogue } from '../../../src/errors/catalogue.ts';
import { failureText, parseFailure } from '../../../src/queue/failure-text.ts';

const errorClass = fc.constantFrom(...errorCatalogue.values());
const details = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a\nb: c', 'ImageWriteError: x', ''),
);

describe('the text that a failed job keeps', () => {
  it('gives back the same wire error, for every class and whatever the details', () => {
    fc.assert(
      fc.property(errorClass, details, (ErrorClass, text) => {
        const error = new ErrorClass(text);
        assert.deepEqual(parseFailure(failureText(error)), error.toWire());
      }),
    );
  });

  it('makes of any other error one that the conductor knows', () => {
    fc.assert(
      fc.property(details, (text) => {
        const wire = parseFailure(failureText(new TypeError(text)));
        assert.deepEqual([wire.type, wire.code, wire.details], ['CommandExecutionError', 500, text]);
      }),
    );
    assert.equal(parseFailure(failureText('a text that was thrown')).details, 'a text that was thrown');
  });

  it('is understood as far as it goes when somebody else wrote it, as BullMQ does', () => {
    for (const text of [
      'job stalled more than allowable limit',
      'NoSuchError: x',
      'constructor: x',
      '',
      ': ',
      'a b: c',
    ]) {
      const wire = parseFailure(text);
      assert.deepEqual([wire.type, wire.details], ['CommandExecutionError', text]);
    }
  });
});
