import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findMatches, PatternError, parsePatterns } from '../../../src/boot/match-patterns.ts';

const path = 'HD(1,GPT,996683bf-4142-4593-ae09-a4b1efeadf8d,0x800,0x64000)/File(\\EFI\\debian\\shimx64.efi)';

/** True where the pattern, as a user writes it, is found in the text. */
function finds(pattern: string, text = path): boolean {
  return findMatches(parsePatterns([pattern]), [text])[0] ?? false;
}

describe('match patterns', () => {
  it('are found anywhere in the text, whatever the case', () => {
    assert.ok(finds('^HD\\('));
    assert.ok(finds('SHIM.*\\.EFI'));
    assert.ok(finds('debian'));
    assert.ok(!finds('^File'));
    assert.ok(!finds('grub.*\\.efi'));
  });

  it('tell one text from another', () => {
    const found = findMatches(parsePatterns(['shim', 'grub']), ['a/shimx64.efi', 'PciRoot(0x0)', 'b/GRUB.EFI', '']);
    assert.deepEqual(found, [true, false, true, false]);
    assert.deepEqual(findMatches([], ['a', 'b']), [false, false]);
    assert.deepEqual(findMatches(['a'], []), []);
  });

  it('are understood as Python understands them', () => {
    assert.ok(finds('\\AHD.*\\)\\Z'));
    assert.ok(!finds('\\AFile'));
    assert.ok(finds('996683bf\\-4142'), 'what needs no escape may have one');
    assert.ok(finds('996683bf[\\-]4142'));
    assert.ok(finds('\\\\EFI\\\\debian'));
    assert.ok(finds('(?i)debian'));
    assert.ok(finds('(?P<digit>\\d)6(?P=digit)?'));
    assert.ok(!finds('\\\\A'), 'an escaped backslash before an A is no anchor');
  });

  it('that are none are refused, and say which', () => {
    for (const [given, message] of [
      ['^HD', /must be a list of regular expressions, not string/],
      [{}, /must be a list .* not object/],
      [['a', 3], /item 2 is no text but number/],
      [['HD('], /"HD\(" is no regular expression/],
      [['a**'], /is no regular expression/],
      [['\\q'], /is no regular expression/],
      [['a'.repeat(1001)], /item 1 has 1001 characters, at most 1000/],
      [Array(101).fill('a'), /has 101 items, at most 100/],
    ] as const) {
      assert.throws(
        () => parsePatterns(given),
        (error) => error instanceof PatternError && message.test(error.message),
      );
    }
  });

  it('that take for ever are given up after a second', () => {
    const started = performance.now();
    for (const hostile of ['(a+)+$', '(a|aa)+$', '(.*.*)*b']) {
      const text = `${'a'.repeat(200)}!`;
      assert.throws(() => findMatches(parsePatterns([hostile]), [text]), PatternError);
    }
    assert.ok(performance.now() - started < 10_000);
  });
});
