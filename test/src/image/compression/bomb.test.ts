import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import type { CompressionKind } from '../../../../src/image/compression/decompression-error.ts';
import type { DecompressReport } from '../../../support/decompress-child.ts';
import { isRunning } from '../../../support/is-running.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const child = path.join(import.meta.dirname, '../../../support/decompress-child.ts');
const mib = 2 ** 20;
const memberBytes = 64 * mib;
const bombMembers = 160;

const compress: Readonly<Record<CompressionKind, readonly string[]>> = {
  gzip: ['gzip', '-1'],
  zstd: ['zstd', '-1', '--stdout'],
  xz: ['xz', '-0'],
  bzip2: ['bzip2', '-1'],
};

/** 10 GiB of zeros, taken by a process of its own up to the given bytes; it has to end by itself within the time. */
async function detonate(kind: CompressionKind, stopAfterBytes: number): Promise<DecompressReport> {
  using directory = temporaryDirectory();
  const file = path.join(directory.path, 'bomb');
  const [program = '', ...args] = compress[kind];
  writeFileSync(
    file,
    execFileSync(program, args, { input: Buffer.alloc(memberBytes), stdio: ['pipe', 'pipe', 'ignore'] }),
  );
  const argv = [child, kind, file, String(bombMembers), String(stopAfterBytes)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 60_000 });
  return JSON.parse(stdout) as DecompressReport;
}

function assertNothingLeft(report: DecompressReport): void {
  assert.equal(report.elsewhere, false);
  assert.deepEqual(report.programsAfter, []);
  assert.deepEqual(report.programsBefore.filter(isRunning), []);
  assert.equal(report.heldBlocks, 0);
  assert.equal(report.threadsMore, 0);
}

suite('a bomb of 10 GiB of zeros', () => {
  for (const kind of ['gzip', 'zstd', 'xz', 'bzip2'] as const) {
    test(`${kind}: can be closed in mid-stream; no thread, program or block is left, and the process ends`, async () => {
      const report = await detonate(kind, 200 * mib);
      assert.equal(report.decompressedBytes, 200 * mib);
      assert.equal(report.programsBefore.length, kind === 'xz' || kind === 'bzip2' ? 1 : 0);
      assertNothingLeft(report);
    });
  }

  for (const kind of ['gzip', 'zstd'] as const) {
    test(`${kind}: comes out whole, in memory that does not grow with it`, async () => {
      const report = await detonate(kind, Number.POSITIVE_INFINITY);
      assert.equal(report.decompressedBytes, bombMembers * memberBytes);
      assertNothingLeft(report);
      // 16 MiB of output, 24 MiB of the input of this test, the thread.
      assert.ok(report.grownMib < 96, `${report.grownMib} MiB`);
    });
  }
});
