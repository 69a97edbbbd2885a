import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { nodeOptions } from '../../../src/core/node-options.ts';

const read = (said: Readonly<Record<string, unknown>>) =>
  nodeOptions('driver_info', { uuid: 'a node', driver_info: said });
const range = { fallback: 7, least: 1, most: 10 };
const word = { fits: (text: string) => /^[a-z0-9]+$/.test(text), expected: 'a word' };

suite('options of a node', () => {
  test('that are not there, or null, are their defaults', () => {
    for (const said of [{}, { key: null }]) {
      assert.equal(read(said).wholeNumber('key', range), 7);
      assert.equal(read(said).toggle('key', true), true);
      assert.equal(read(said).text('key', word), null);
    }
    assert.equal(nodeOptions('driver_info', { uuid: 'a node' }).toggle('key', false), false);
  });

  test('may be texts, as people set them by hand', () => {
    assert.equal(read({ key: '9' }).wholeNumber('key', range), 9);
    assert.equal(read({ key: 'True' }).toggle('key', false), true);
    assert.equal(read({ key: 512 }).text('key', word), '512');
  });

  test('that mean nothing are refused with their key, what was expected and what was found', () => {
    for (const value of [0, 11, -1, 1.5, Number.NaN, 'ten', '', '1e1', [], {}, true]) {
      assert.throws(() => read({ key: value }).wholeNumber('key', range), {
        name: 'InvalidCommandParamsError',
        details: `driver_info.key: expected a whole number from 1 to 10, found ${JSON.stringify(value)}`,
      });
    }
    for (const value of ['yes', 1, '', {}])
      assert.throws(() => read({ key: value }).toggle('key', true), /driver_info.key/);
    for (const value of ['Word', '', true, ['a'], {}])
      assert.throws(() => read({ key: value }).text('key', word), /a word/);
  });
});
