import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const program = path.join(import.meta.dirname, '../../support/gather-child.ts');
const mebibyte = 1024 * 1024;

describe('the memory of who gathers logs', () => {
  it('grows by much less than there are logs, and nothing stays in the spool', () => {
    using spool = temporaryDirectory();
    const told = execFileSync(process.execPath, [program, '200', spool.path], { encoding: 'utf8' });
    const { answerBytes, grownBytes } = JSON.parse(told) as { answerBytes: number; grownBytes: number };
    assert.ok(answerBytes > mebibyte);
    // What the garbage collector leaves lying about, whatever the length of the journal. In memory it would be 64 MiB and more, several times.
    assert.ok(grownBytes < 100 * mebibyte, `${grownBytes}`);
    assert.deepEqual(readdirSync(spool.path), []);
  });
});
