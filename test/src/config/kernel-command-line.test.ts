import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseKernelCommandLine } from '../../../src/config/kernel-command-line.ts';

const parse = (text: string) => Object.fromEntries(parseKernelCommandLine(text));

describe('parseKernelCommandLine', () => {
  it('takes the last of equal names and leaves words without a value out', () => {
    assert.deepEqual(parse('quiet ipa-debug=0 console=ttyS0,115200 ipa-debug=1 ipa-insecure\n'), {
      console: 'ttyS0,115200',
      'ipa-debug': '1',
    });
  });

  it('keeps spaces inside quotes, around the value or around the whole parameter', () => {
    assert.deepEqual(parse('a="x y" "b=p q" c=""'), { a: 'x y', b: 'p q', c: '' });
  });

  it('splits at the first equals sign only', () => {
    assert.deepEqual(parse('ipa-api-url=http://a/?x=1'), { 'ipa-api-url': 'http://a/?x=1' });
  });

  it('ends an open quote at the end of the line', () => {
    assert.deepEqual(parse('a="x y'), { a: 'x y' });
  });

  it('reads nothing from an empty line', () => {
    assert.deepEqual(parse(''), {});
  });
});
