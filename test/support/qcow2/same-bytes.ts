import assert from 'node:assert/strict';

/** Without the difference of node:assert, which takes gigabytes of memory for arrays that are large and differ much. */
export function assertSameBytes(actual: unknown, expected: Uint8Array, name = 'content'): void {
  assert.ok(actual instanceof Uint8Array, `${name}: ${String(actual)}`);
  assert.equal(actual.length, expected.length, `${name}: length`);
  const wrong = actual.findIndex((byte, at) => byte !== expected[at]);
  assert.equal(wrong, -1, `${name}: byte ${wrong} differs`);
}
