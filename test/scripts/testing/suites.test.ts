import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { hasFile, isLong, suites } from '../../../scripts/testing/suites.ts';

function suitesOf(file: string): string[] {
  return suites.filter((each) => hasFile(each, file)).map(({ name }) => name);
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

  test('tell the files that take long from those that do not', () => {
    const isLongSomewhere = (file: string): boolean => suites.some((each) => hasFile(each, file) && isLong(each, file));
    assert.equal(isLongSomewhere('test/vm/all/rescue.test.ts'), true);
    assert.equal(isLongSomewhere('test/vm/deploy.test.ts'), false);
    assert.equal(isLongSomewhere('test/disk/all/rescue.test.ts'), false);
  });
});
