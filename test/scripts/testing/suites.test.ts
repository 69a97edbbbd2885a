import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { hasFile, suites } from '../../../scripts/testing/suites.ts';

const running = suites.filter((each) => 'concurrency' in each);

function suitesOf(file: string): string[] {
  return running.filter((each) => hasFile(each, file)).map(({ name }) => name);
}

suite('suites', () => {
  test('run each test file once, whatever its folder', () => {
    assert.deepEqual(suitesOf('test/src/storage/guard.test.ts'), ['unit']);
    assert.deepEqual(suitesOf('test/support/stand-in-ironic.test.ts'), ['unit']);
    assert.deepEqual(suitesOf('test/some-new-folder/a.test.ts'), ['unit']);
    assert.deepEqual(suitesOf('test/disk/scripts/leftovers.test.ts'), ['disk']);
    assert.deepEqual(suitesOf('test/src/disk/a.test.ts'), ['unit']);
    assert.deepEqual(suitesOf('test/survival/a.test.ts'), ['survival']);
  });

  test('leave the files of a suite that is still to come to it', () => {
    assert.deepEqual(suitesOf('test/vm/boot.test.ts'), []);
  });
});
