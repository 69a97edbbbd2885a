import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRequestBody } from '../../api/request-body.ts';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { InvalidContentError } from '../../src/errors/catalogue.ts';

/** Levels of lists and objects, counted on what JSON.parse makes of it. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const isTooDeep = (text: string): boolean => {
  try {
    parseRequestBody(Buffer.from(text));
    return false;
  } catch (error) {
    assert.ok(error instanceof InvalidContentError);
    assert.match(error.details, /^Failed to decode JSON object: nested deeper than 64 levels$/);
    return true;
  }
};

/** Texts that try to mislead whoever looks for brackets and quotes. */
const trickyText = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', 'a', 'é', '🚀', '\n') });

const { value: trickyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', maxDepth: 8 },
    trickyText,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(trickyText, tie('value'), { maxKeys: 3 }),
  ),
}));

describe('parseRequestBody', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(trickyValue, fc.constantFrom(0, 1, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        assert.deepEqual(parseRequestBody(Buffer.from(text)), JSON.parse(text));
      }),
    );
  });

  it('counts levels as JSON.parse does, whatever stands in texts and keys', () => {
    fc.assert(
      fc.property(trickyValue, trickyText, fc.integer({ min: 50, max: 70 }), (value, key, levels) => {
        let nested: unknown = value;
        for (let level = 0; level < levels; level++) nested = level % 2 === 0 ? [nested] : { [key]: nested };
        assert.equal(isTooDeep(JSON.stringify(nested)), depthOf(nested) > 64);
      }),
    );
  });

  it('takes exactly 64 levels', () => {
    assert.equal(isTooDeep('['.repeat(64) + ']'.repeat(64)), false);
    assert.equal(isTooDeep('['.repeat(65) + ']'.repeat(65)), true);
    assert.equal(isTooDeep(`[${'[],'.repeat(1000)}[]]`), false);
  });

  it('never fails with anything but InvalidContentError', () => {
    const pieces = fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '\\\\',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '1',
      'null',
      '\\u12',
      'é',
      ' ',
    );
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 300 }), (text) => {
        try {
          assert.deepEqual(parseRequestBody(Buffer.from(text)), JSON.parse(text));
        } catch (error) {
          assert.ok(error instanceof InvalidContentError, String(error));
          assert.match(error.details, /^Failed to decode JSON object: ./);
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => parseRequestBody(Buffer.from([0x7b, ...bytes, 0xff])), InvalidContentError);
      }),
    );
  });

  it('looks at a hundred thousand levels, and at a text of quotes only, in no time', () => {
    const started = performance.now();
    assert.equal(isTooDeep('['.repeat(10_000_000)), true);
    const text = JSON.stringify('"'.repeat(5_000_000));
    assert.equal((parseRequestBody(Buffer.from(text)) as string).length, 5_000_000);
    assert.ok(performance.now() - started < 10_000);
  });

  it('says in few words what it did not understand', () => {
    assert.throws(
      () => parseRequestBody(Buffer.from('x'.repeat(1_000_000))),
      (error: AgentError) => error.details.length < 300,
    );
  });

  it('refuses what would be another value on the way to a worker', () => {
    for (const text of ['{"a": 1e400}', '[-1e999]', '{"__proto__": 1}', '[{"\\u005f_proto__": 1}]']) {
      assert.throws(() => parseRequestBody(Buffer.from(text)), InvalidContentError, text);
    }
    assert.throws(() => parseRequestBody(Buffer.from('"\xff"', 'latin1')), /the body is not UTF-8/);
  });
});
