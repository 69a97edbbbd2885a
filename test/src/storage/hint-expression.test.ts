import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DeviceHintError, parseExpression } from '../../../src/storage/hint-expression.ts';
import { matchesNumber, matchesTexts } from '../../../src/storage/hint-match.ts';

const text = (hint: string, ...values: string[]): boolean => matchesTexts(parseExpression(hint), values);
const number = (hint: string, value: number): boolean => matchesNumber(parseExpression(hint), value);

suite('texts', () => {
  const cases: readonly [hint: string, value: string, expected: boolean][] = [
    ['WDC WD40', 'wdc wd40', true],
    ['  wdc wd40 ', 'WDC WD40', true],
    ['wdc', 'WDC WD40', false],
    ['s== wdc', 'WDC', true],
    ['s==wdc', 'WDC', true],
    ['s!= wdc', 'WDC', false],
    ['s!= wdc', 'other', true],
    ['s< b', 'a', true],
    ['s< b', 'b', false],
    ['s<= b', 'b', true],
    ['s> b', 'c', true],
    ['s>= b', 'b', true],
    ['s>= b', 'a', false],
    ['<in> wd4', 'WDC WD40', true],
    ['<in> wd5', 'WDC WD40', false],
    ['<or> foo <or> WDC WD40', 'wdc wd40', true],
    ['<or> foo <or> bar', 'foo bar', false],
    ['<or> foo', 'foo', true],
    ['<all-in> wdc 40', 'WDC WD40', true],
    ['<all-in> wdc 41', 'WDC WD40', false],
    ['<all-in> wdc <all-in> 40', 'WDC WD40', true],
    ['<all-in> wdc <all-in> 41', 'WDC WD40', false],
    ["<all-in> ['wdc', '40']", 'WDC WD40', true],
    ["<all-in>['wdc']", 'WDC WD40', true],
    ["<all-in> ['wdc', '41']", 'WDC WD40', false],
    ["<all-in> ['c w', 'wd']", 'WDC WD40', true],
    ["<all-in> ['a, b']", 'x a, b', true],
    ["<all-in> ['a, b']", 'a b', false],
    ['<all-in> ["it\'s", "b"]', "b it's", true],
    ['<or> foo <or> bar <or>', 'bar', true],
    ['<or>foo<or>bar', 'bar', true],
    ['<or> foo <or>', '', false],
    ['= 100', '101', true],
    ['== 100', '1e2', false],
    ['== 10', '0xa', false],
    ['!= 100', '100.0', false],
    ['< 100', '99.5', true],
    ['<range-in> ( 10 20 )', '10', false],
    ['<range-in> ( 10 20 )', '19.9', true],
    ['<range-in> [ 10 20 )', '20', false],
    ['<range-in> ( 10 20 ]', '20', true],
    ['== 100', '100.0', true],
    ['>= 100', '99', false],
    ['>= 100', 'no number', false],
    ['!= 100', 'no number', true],
    ['<range-in> [ 10 20 ]', '15', true],
    ['<range-in> [ 10 20 ]', 'x', false],
    ['none', 'none', true],
  ];
  for (const [hint, value, expected] of cases) {
    test(`"${hint}" ${expected ? 'matches' : 'does not match'} "${value}"`, () => {
      assert.equal(text(hint, value), expected);
    });
  }

  test('of several spellings one has to match, and none where it must not', () => {
    assert.ok(text('s== b', 'A', 'B'));
    assert.ok(text('<all-in> a b', 'A', 'B'));
    assert.equal(text('<all-in> a c', 'A', 'B'), false);
    assert.equal(text('s!= b', 'A', 'B'), false);
    assert.equal(text('!= 2', '1', '2'), false);
    assert.ok(text('!= 3', '1', '2'));
  });

  test('a text without an operator matches exactly itself', () => {
    const plain = fc
      .string()
      .filter((value) => value.trim() !== '' && !/^\s*(<|>|=|!=|s[<>=!])|<(or|in|all-in|range-in)>/i.test(value));
    fc.assert(
      fc.property(plain, plain, (hint, value) => {
        assert.equal(text(hint, value), hint.trim().toLowerCase() === value.trim().toLowerCase());
        assert.ok(text(hint, hint));
      }),
    );
  });
});

suite('numbers', () => {
  const cases: readonly [hint: string, value: number, expected: boolean][] = [
    ['60', 60, true],
    ['60', 60.5, false],
    ['= 60', 60.5, true],
    ['= 60', 59, false],
    ['== 60', 60, true],
    ['== 60', 60.5, false],
    ['!= 60', 61, true],
    ['>= 60', 60, true],
    ['> 60', 60, false],
    ['<= 60', 60, true],
    ['< 60', 59.9, true],
    ['<or> 60 <or> 100', 100, true],
    ['<or> 60 <or> 100', 80, false],
    ['<range-in> [ 10 100 ]', 10, true],
    ['<range-in> [ 10 100 ]', 100, true],
    ['<range-in> ( 10 100 ]', 10, false],
    ['<range-in> [ 10 100 )', 100, false],
    ['<range-in> [10 100]', 55.5, true],
    ['<range-in> ( 10 100 )', 10, false],
    ['<range-in> ( 10 100 )', 100, false],
    ['<range-in> ( 10 100 )', 99.99, true],
    ['<range-in> [ 447 448 )', 447.13, true],
    ['<range-in> [ 10.5 10.5 ]', 10.5, true],
    ['<or> 60', 60, true],
    ['<or> 447 <or> 894', 447.13, false],
  ];
  for (const [hint, value, expected] of cases) {
    test(`"${hint}" ${expected ? 'matches' : 'does not match'} ${value}`, () => {
      assert.equal(number(hint, value), expected);
    });
  }

  test('the operators agree with those of arithmetic', () => {
    const size = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(size, size, (limit, value) => {
        assert.equal(number(`>= ${limit}`, value), value >= limit);
        assert.equal(number(`< ${limit}`, value), !number(`>= ${limit}`, value));
        assert.equal(number(`> ${limit}`, value), !number(`<= ${limit}`, value));
        assert.equal(number(`== ${limit}`, value), !number(`!= ${limit}`, value));
        assert.equal(number(`= ${limit}`, value), number(`>= ${limit}`, value));
      }),
    );
  });
});

suite('nonsense', () => {
  const wrong: readonly [hint: string, reason: RegExp][] = [
    ['', /is empty/],
    ['   ', /is empty/],
    ['s==', /nothing after s==/],
    ['<in>', /nothing after <in>/],
    ['<or>', /nothing after <or>/],
    ['<or> <or>', /nothing after <or>/],
    ['<all-in>', /nothing after <all-in>/],
    ["<all-in> ['a', 'b'", /list without its end/],
    ['<all-in> []', /element \(nothing\)/],
    ["<all-in> ['a',]", /element \(nothing\)/],
    ["<all-in> ['']", /element ''/],
    ['<all-in> [a, b]', /element a/],
    ['<in> a <in> b', /has <in> in the middle/],
    ['<or> a <in> b', /has <in> in the middle/],
    ['samsung <or> winsys', /has <or> in the middle/],
    ['s== a <or> b', /has <or> in the middle/],
    ['== 0x5002538c40000000', /"0x5002538c40000000", which is no number/],
    ['== 1234567890123456789', /too many digits for a number/],
    ['== 60 70', /"60 70", which is no number/],
    ['<range-in> [ 10 20 30 ]', /no range/],
    ['<range-in> { 10 20 }', /no range/],
    ['<range-in> ) 10 20 (', /no range/],
    ['<range-in> [ 10 20', /no range/],
    ['<range-in> 10 20 ]', /no range/],
    ['<range-in> [ 10, 20 ]', /"10,", which is no number/],
    ['<range-in> 10 20', /no range/],
    ['<range-in> [ 10 ]', /no range/],
    ['<range-in> [ a b ]', /"a", which is no number/],
    ['<range-in> [ 20 10 ]', /ends before it begins/],
    ['>= big', /"big", which is no number/],
    ['>=', /nothing after >=/],
    ['== 1e999', /is no number/],
  ];
  for (const [hint, reason] of wrong) {
    test(`"${hint}" is an error`, () => {
      assert.throws(() => parseExpression(hint), { name: 'DeviceHintError', message: reason });
    });
  }

  test('a quantity is not compared as a text, nor with zero or less', () => {
    for (const hint of ['s== 60', '<in> 6', '<all-in> 6 0', '0', '-5', '>= 0', '<or> 0 <or> 5', 'large']) {
      assert.throws(() => number(hint, 60), DeviceHintError, hint);
    }
  });

  test('no text makes it fail in another way', () => {
    const operator = fc.constantFrom('', '<or>', '<in>', '<all-in>', '<range-in>', 's<', '=', '>=', '<');
    fc.assert(
      fc.property(operator, fc.string(), fc.string(), (prefix, hint, value) => {
        try {
          text(`${prefix}${hint}`, value);
          number(`${prefix}${hint}`, 5);
        } catch (error) {
          assert.ok(error instanceof DeviceHintError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
