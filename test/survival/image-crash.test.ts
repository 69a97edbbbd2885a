import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { gptImage } from '../support/gpt-image.ts';
import { createImageServer } from '../support/image-server.ts';
import { type EndedProcess, runWrite, savedOffset } from '../support/killed-write.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { poison } from '../support/poison.ts';
import { bytesOf, sha256 } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 48 * MiB;
const checkpointMib = 8;
const windowBytes = checkpointMib * MiB;
/** Four blocks: one is being filled, and more come while one is written and the device is flushed. */
const inFlightBytes = 16 * MiB;
/** Fast enough for the test, slow enough to be killed within. */
const bytesPerSecond = 40 * MiB;
/** A run is killed so long after it has begun, at most. */
const mostMs = 900;

let directory: string;
/** The disk as it must be in the end. */
let reference: Buffer;

before(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ih-crash-'));
  reference = gptImage({ sizeBytes });
  // Zeros in odd places, so that the device zeroes a part of it.
  reference.fill(0, 9 * MiB + 512, 12 * MiB + 7);
  reference.fill(0, 36 * MiB, 43 * MiB);
  // And what can be compressed.
  const pattern = randomBytes(1024);
  for (let at = 20 * MiB; at < 30 * MiB; at += 4096) pattern.copy(reference, at);
  writeFileSync(path.join(directory, 'a.raw'), reference);
  const convert = (name: string, ...options: string[]): void =>
    void execFileSync('qemu-img', ['convert', '-O', 'qcow2', ...options, 'a.raw', name], { cwd: directory });
  convert('a.qcow2');
  convert('packed.qcow2', '-c', '-o', 'compression_type=zstd');
  execFileSync('gzip', ['-1', '-k', 'a.raw'], { cwd: directory });
});

after(() => rmSync(directory, { recursive: true, force: true }));

interface Tally {
  kills: number;
  /** Runs that found a checkpoint. */
  resumed: number;
  writes: number;
  bytes: number;
}

/** One write: killed at random moments, at most so often, until it is done. */
async function crashedWrite(file: string, diskFormat: string, mostKills: number): Promise<Tally> {
  await using server = await createImageServer();
  await using disk = await createLoopDevice({ sizeBytes, preallocate: true });
  await poison(disk);
  const content = readFileSync(path.join(directory, file));
  const url = server.serve(`/${file}`, content, { bytesPerSecond, etag: '"1"' });
  const stateDir = path.join(directory, `state-${Math.random()}`);
  mkdirSync(stateDir, { mode: 0o700 });
  const write = {
    device: disk.path,
    imageInfo: { urls: [url], checksum: sha256(content), disk_format: diskFormat },
    config: { imageCheckpointMib: checkpointMib },
    stateDir,
  };
  const tally = { kills: 0, resumed: 0, writes: 1, bytes: 0 };
  for (;;) {
    const isLast = tally.kills === mostKills;
    const run = await runWrite(write, isLast ? null : Math.random() * mostMs);
    checkResume(run);
    if (run.checkpoint !== null) tally.resumed += 1;
    if (!run.isKilled) {
      const end = run.told.find(({ message }) => message === 'written' || message === 'failed');
      assert.equal(end?.['digest'], sha256(content), JSON.stringify(run.told));
      if (isResumable(file)) assert.equal(end?.['resumedFrom'], run.checkpoint);
      break;
    }
    tally.kills += 1;
    const bytes = bytesOf(disk);
    assert.ok(bytes.equals(reference) || bytes.subarray(0, 4096).every((byte) => byte === 0), 'a disk that boots');
  }
  assert.ok(bytesOf(disk).equals(reference), 'the device differs from the reference');
  assert.equal(savedOffset(stateDir) !== null, isResumable(file));
  return { ...tally, bytes: server.sentBytes };
}

const isResumable = (file: string): boolean => file.endsWith('.qcow2') || file.endsWith('.raw');

/** A run that finds a checkpoint goes on from there, and from nowhere else. */
function checkResume({ told, checkpoint }: EndedProcess): void {
  const messages = told.map(({ message }) => message);
  for (const bad of ['starting over from the first byte', 'the checkpoint is of no use']) {
    assert.ok(!messages.includes(bad), JSON.stringify(told));
  }
  if (!messages.includes('begun')) return;
  const from = told.find(({ message }) => message === 'going on from the checkpoint')?.['from'] ?? null;
  assert.equal(from, checkpoint);
  assert.equal(messages.includes('wiping old metadata'), checkpoint === null);
  if (checkpoint !== null) assert.ok(checkpoint > 0);
}

/** Writes again and again until so many processes were killed. */
async function crash(t: TestContext, file: string, diskFormat: string, kills: number): Promise<Tally> {
  const all = { kills: 0, resumed: 0, writes: 0, bytes: 0 };
  while (all.kills < kills) {
    const one = await crashedWrite(file, diskFormat, Math.min(10, kills - all.kills));
    for (const key of ['kills', 'resumed', 'writes', 'bytes'] as const) all[key] += one[key];
  }
  const again = (all.bytes - all.writes * sizeOf(file)) / all.kills / MiB;
  const figures = `${all.kills} kills in ${all.writes} writes, ${all.resumed} runs went on from a checkpoint`;
  t.diagnostic(`${file}: ${figures}; ${again.toFixed(1)} MiB were served again per kill`);
  return all;
}

const sizeOf = (file: string): number => readFileSync(path.join(directory, file)).length;

describe('a write that is killed with -9 at random moments, again and again', () => {
  for (const [file, diskFormat] of [
    ['a.raw', 'raw'],
    ['a.qcow2', 'qcow2'],
  ] as const) {
    it(`goes on from its checkpoint, leaves the disk right, and fetches one window again at most: ${file}`, async (t) => {
      const { kills, writes, resumed, bytes } = await crash(t, file, diskFormat, 20);
      const most = writes * sizeOf(file) + kills * (windowBytes + inFlightBytes);
      assert.ok(bytes <= most, `${bytes} bytes were served, at most ${most} are allowed`);
      assert.ok(resumed > kills / 4, `${resumed} of ${kills}`);
    });
  }

  // What was decompressed is not on the disk as it was served, so that for the hash it is fetched again up to the checkpoint.
  it('goes on with compressed clusters too, and fetches again what it hashes again', async (t) => {
    const { kills, writes, bytes } = await crash(t, 'packed.qcow2', 'qcow2', 5);
    assert.ok(bytes <= (writes + kills) * (sizeOf('packed.qcow2') + inFlightBytes), `${bytes}`);
  });

  it('starts over with what is compressed as a whole, and leaves the disk right', async (t) => {
    const { kills, writes, resumed, bytes } = await crash(t, 'a.raw.gz', 'raw', 5);
    assert.equal(resumed, 0);
    assert.ok(bytes <= (writes + kills) * sizeOf('a.raw.gz'), `${bytes}`);
  });
});
