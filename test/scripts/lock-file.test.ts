import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';
import { type LockFile, missingOptionals, platformOf } from '../../scripts/complete-lock.ts';

suite('lock file', () => {
  const lock = JSON.parse(readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')) as LockFile;

  test('names every optional dependency, so that npm ci takes it (else: node scripts/complete-lock.ts)', () => {
    assert.deepEqual(Object.keys(missingOptionals(lock)), []);
  });

  test('pins the Node that is also the one that runs this test', () => {
    const pinned = lock.packages[`node_modules/node-linux-${process.arch}`]?.version;
    assert.equal(process.version, `v${pinned}`);
  });

  test('gets what a mirror left out, marked with the platform that the name says', () => {
    const packages = {
      'node_modules/a': { dev: true, optionalDependencies: { 'a-darwin-arm64': '1.0.0', 'a-linux-x64': '1.0.0' } },
      'node_modules/a-linux-x64': { version: '1.0.0' },
    };
    const expected = { version: '1.0.0', cpu: ['arm64'], os: ['darwin'], dev: true, optional: true };
    assert.deepEqual(missingOptionals({ packages }), { 'node_modules/a-darwin-arm64': expected });
    assert.deepEqual(platformOf('@x/y-linux-x64-musl'), { cpu: ['x64'], libc: ['musl'], os: ['linux'] });
  });
});
