import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyedStream } from '../../src/storage/erase/overwrite/keyed-stream.ts';
import { contentOf, parseRecord } from '../../src/storage/erase/overwrite/overwrite-record.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { streamThenZeros } from '../support/overwritten-disk.ts';
import { poison } from '../support/poison.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { bytesOf } from '../support/written-disk.ts';

const MiB = 1024 * 1024;
const sizeBytes = 40 * MiB + 512;
const kills = 12;
const script = path.join(import.meta.dirname, '../support/overwrite-child.ts');

interface Told {
  readonly message: 'from' | 'begun' | 'ended';
  readonly device: string;
  readonly phase?: string;
  readonly done?: number;
  readonly bytes?: number;
  readonly continued?: number;
}

/** Kills it so long after the first disk is being written; null lets it end. */
async function runChild(
  stateDir: string,
  devices: readonly string[],
  killAfterMs: number | null,
): Promise<readonly Told[]> {
  const child = spawn(process.execPath, [script, stateDir, ...devices], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const told: Told[] = [];
  const begun = Promise.withResolvers<void>();
  const lines = createInterface(child.stdout).on('line', (line) => {
    told.push(JSON.parse(line) as Told);
    if (told.at(-1)?.message === 'begun') begun.resolve();
  });
  const closed = once(lines, 'close');
  if (killAfterMs !== null) {
    await Promise.race([begun.promise, exit]);
    await Promise.race([sleep(killAfterMs), exit]);
    child.kill('SIGKILL');
  }
  const [code] = await exit;
  await closed;
  if (killAfterMs === null) assert.equal(code, 0);
  return told;
}

function readRecord(stateDir: string, device: string) {
  const file = path.join(stateDir, `checkpoints/${device.replaceAll('/', '-')}.json`);
  if (!existsSync(file)) return null;
  const record = parseRecord(JSON.parse(readFileSync(file, 'utf8')), { sizeBytes, sectorBytes: 512 }, streamThenZeros);
  assert.ok(record, 'the record that a killed process left is whole');
  return record;
}

/** All that the record claims is on the device. */
function assertWritten(disk: LoopDevice, record: NonNullable<ReturnType<typeof readRecord>>): void {
  const content = contentOf(record);
  const stream = content.kind === 'stream' ? createKeyedStream(content.key) : null;
  const found = bytesOf(disk);
  const wanted = Buffer.alloc(MiB);
  for (let at = 0; at < record.position; at += MiB) {
    stream?.fill(wanted);
    stream?.stamp(wanted, at);
    const length = Math.min(MiB, record.position - at);
    assert.ok(found.subarray(at, at + length).equals(wanted.subarray(0, length)), `${disk.path} at ${at}`);
  }
}

test('killed at any moment, an overwrite of three disks goes on from what is durable, and counts nothing twice', async (t) => {
  using directory = temporaryDirectory();
  const stateDir = path.join(directory.path, 'state');
  await using first = await createLoopDevice({ sizeBytes });
  await using second = await createLoopDevice({ sizeBytes });
  await using third = await createLoopDevice({ sizeBytes });
  const disks = [first, second, third];
  const devices = disks.map((disk) => disk.path);
  for (const disk of disks) await poison(disk);
  const moments: string[] = [];
  let finished = 0;
  const assertFrom = (told: readonly Told[], before: readonly ReturnType<typeof readRecord>[]): void => {
    for (const { message, device, phase, done } of told) {
      const record = before[devices.indexOf(device)];
      if (message !== 'from' || !record) continue;
      assert.deepEqual({ phase, done }, { phase: `pass ${record.pass + 1} of 2`, done: record.position });
    }
  };
  const finish = async (before: readonly ReturnType<typeof readRecord>[]): Promise<void> => {
    const told = await runChild(stateDir, devices, null);
    assertFrom(told, before);
    const ended = told.filter(({ message }) => message === 'ended');
    assert.deepEqual(
      ended.map(({ bytes }) => bytes),
      devices.map(() => 2 * sizeBytes),
    );
    for (const disk of disks) assert.ok(bytesOf(disk).every((byte) => byte === 0));
    finished += 1;
    rmSync(stateDir, { recursive: true });
    for (const disk of disks) await poison(disk);
  };

  for (let killed = 0; killed < kills; ) {
    const before = devices.map((device) => readRecord(stateDir, device));
    if (before.every((record) => record?.pass === 2)) {
      await finish(before);
      continue;
    }
    const told = await runChild(stateDir, devices, Math.random() * 250);
    killed += 1;
    assertFrom(told, before);
    const after = devices.map((device) => readRecord(stateDir, device));
    for (const [index, disk] of disks.entries()) {
      const record = after[index];
      const earlier = before[index];
      if (!record) continue;
      assertWritten(disk, record);
      assert.equal(record.bytes, Math.min(record.pass, 1) * sizeBytes + record.position);
      if (earlier) assert.ok(record.bytes >= earlier.bytes);
    }
    moments.push(
      after.map((record) => (record ? `${record.pass}:${Math.round(record.position / MiB)}` : '-')).join(' '),
    );
  }
  await finish(devices.map((device) => readRecord(stateDir, device)));
  t.diagnostic(`pass and MiB of each disk: ${moments.join(', ')}; ${finished} finished`);
});
