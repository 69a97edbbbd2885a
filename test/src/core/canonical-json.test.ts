import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, type Json } from '../../../src/core/canonical-json.ts';

const canonical = (text: string): string => canonicalJson(JSON.parse(text) as Json);

/** Copies a value with the keys of every object in another order. */
function reordered(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => reordered(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, reordered(member ?? null)] as const);
  return Object.fromEntries(entries.reverse());
}

/** The number with these bits. */
function double(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE();
}

describe('canonicalJson', () => {
  it('writes the sample of RFC 8785, section 3.2', () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const expected =
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    assert.equal(canonical(sample), expected);
  });

  it('sorts keys by UTF-16 code units, as the sample of RFC 8785, section 3.2.3', () => {
    const sample = String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    const names = [...canonical(sample).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(names, [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  for (const [bits, text] of [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ] as const) {
    it(`writes the number ${bits} of RFC 8785, appendix B, as ${text}`, () => {
      assert.equal(canonicalJson(double(bits)), text);
    });
  }

  it('refuses what JSON cannot say', () => {
    for (const bits of ['7fffffffffffffff', '7ff0000000000000']) {
      assert.throws(() => canonicalJson([double(bits)]), TypeError);
    }
    for (const value of ['\ud800', { '\udc00': 1 }, [10n], [() => 1]]) {
      assert.throws(() => canonicalJson(value as unknown as Json), TypeError);
    }
  });

  it('leaves out keys without a value', () => {
    assert.equal(canonicalJson({ b: undefined, a: [null] }), '{"a":[null]}');
  });

  it('says the same, in one form whatever the order of keys, sorted everywhere, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }), (generated) => {
        const value = JSON.parse(JSON.stringify(generated)) as Json;
        const text = canonicalJson(value);
        assert.deepEqual(JSON.parse(text), value);
        assert.equal(canonicalJson(reordered(value)), text);
        JSON.parse(text, (_key, member: unknown) => {
          if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
          const keys = Object.keys(member).filter((key) => !/^\d+$/.test(key));
          const sorted = keys.toSorted((one, other) =>
            Buffer.compare(Buffer.from(one, 'utf16le').swap16(), Buffer.from(other, 'utf16le').swap16()),
          );
          assert.deepEqual(keys, sorted);
          return member;
        });
      }),
      { numRuns: 2000 },
    );
  });
});
