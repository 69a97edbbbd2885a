import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import type { ToolCall } from '../../src/core/tool.ts';
import { SafetyLatchError } from '../../src/errors/catalogue.ts';
import { deviceNumber, resolveDevice } from '../../src/tools/device-name.ts';
import { permitCall } from '../../src/tools/permit-call.ts';
import { addPartitions, createLoopDevice, type LoopDevice } from '../support/loop-device.ts';

const directory = mkdtempSync(join(tmpdir(), 'ironhand-latch-'));
let mine: LoopDevice;
let other: LoopDevice;

before(async () => {
  mine = await createLoopDevice({ sizeBytes: 16 << 20 });
  other = await createLoopDevice({ sizeBytes: 16 << 20 });
});

after(async () => {
  await mine[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

function latchFor(...devices: readonly string[]) {
  return createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices }, resolveDevice);
}

function permits(device: string): boolean {
  try {
    latchFor(mine.path).permit({ kind: 'device', device });
    return true;
  } catch (error) {
    assert.ok(error instanceof SafetyLatchError);
    return false;
  }
}

/** A node for the same device under another name. */
function makeNode(name: string, device: string, type: 'b' | 'c' = 'b'): string {
  const node = join(directory, name);
  const [major = '', minor = ''] = deviceNumber(statSync(device, { bigint: true }).rdev).split(':');
  execFileSync('mknod', [node, type, major, minor]);
  return node;
}

test('the named device is permitted and another is not', () => {
  assert.equal(permits(mine.path), true);
  assert.equal(permits(other.path), false);
});

test('a symbolic link is judged by where it leads', () => {
  const link = join(directory, 'link');
  symlinkSync(other.path, link);
  assert.equal(permits(link), false);
  unlinkSync(link);
  symlinkSync(mine.path, link);
  assert.equal(permits(link), true);
});

test('a link to a link, named like the named device, is judged by where it leads', () => {
  symlinkSync(other.path, join(directory, 'first'));
  const disguise = join(directory, basename(mine.path));
  symlinkSync(join(directory, 'first'), disguise);
  assert.equal(permits(disguise), false);
});

test('a path that climbs out of the named device is refused', () => {
  assert.equal(permits(`${mine.path}/../${basename(other.path)}`), false);
  assert.equal(permits(`/dev/../dev/${basename(other.path)}`), false);
  assert.equal(permits(`/dev/../dev//${basename(mine.path)}`), true);
});

test('a node made elsewhere is judged by its device number', () => {
  assert.equal(permits(makeNode('other-node', other.path)), false);
  assert.equal(permits(makeNode('my-node', mine.path)), true);
});

test('a node named like the named device but with another number is refused', () => {
  assert.equal(resolveDevice(makeNode(`fake-${basename(mine.path)}`, other.path)).path, other.path);
});

test('a character device with the number of the named device is refused', () => {
  assert.equal(permits(makeNode('character', mine.path, 'c')), false);
});

test('relative paths are refused, also when they lead to the named device', () => {
  assert.equal(permits(basename(mine.path)), false);
  assert.equal(permits(relative(process.cwd(), mine.path)), false);
  assert.throws(() => latchFor(relative(process.cwd(), mine.path)), /is not an absolute path/);
});

test('what is no block device is refused', () => {
  for (const path of ['/dev/null', '/dev', '/etc/passwd', mine.backingFile, '/dev/no-such-device', '', '/', '\0']) {
    assert.equal(permits(path), false, JSON.stringify(path));
    assert.throws(() => latchFor(path), SafetyLatchError);
  }
});

test('the disk of this machine is refused under each of its names', (context) => {
  const root = execFileSync('findmnt', ['--noheadings', '--output', 'SOURCE', '/'], { encoding: 'utf8' }).trim();
  if (!statSync(root, { throwIfNoEntry: false })?.isBlockDevice()) return context.skip('root is on no block device');
  assert.equal(permits(root), false);
  assert.equal(permits(resolveDevice(root).disk), false);
  assert.equal(permits(realpathSync(root)), false);
});

test('partitions belong to their disk, and only to it', async () => {
  for (const device of [mine, other]) execFileSync('sgdisk', ['--new=1:2048:4095', '--new=2:4096:0', device.path]);
  const mineParts = await addPartitions(mine.path);
  const otherParts = await addPartitions(other.path);
  assert.equal(mineParts.length, 2);
  for (const part of mineParts) {
    assert.deepEqual(resolveDevice(part), { path: part, disk: mine.path });
    assert.equal(permits(part), true, part);
    assert.equal(permits(makeNode(basename(part), part)), true);
  }
  for (const part of otherParts) assert.equal(permits(part), false, part);
  const [first = '', second = ''] = mineParts;
  assert.throws(() => latchFor(first).permit({ kind: 'device', device: second }), SafetyLatchError);
  assert.throws(() => latchFor(first).permit({ kind: 'device', device: mine.path }), SafetyLatchError);
});

test('a call that states one device and names another is refused', () => {
  const latch = latchFor(mine.path);
  const link = join(directory, 'argument');
  symlinkSync(other.path, link);
  const call = (...args: readonly string[]): ToolCall => ({
    program: 'wipefs',
    args,
    effect: { kind: 'device', device: mine.path },
  });
  permitCall(call('--all', mine.path, '/dev/null', mine.backingFile), latch);
  const disguises = [other.path, `of=${other.path}`, `--device=${other.path}`, `${mine.path},${other.path}`, link];
  for (const disguise of disguises) {
    assert.throws(() => permitCall(call(mine.path, disguise), latch), SafetyLatchError, disguise);
  }
});

test('a call that only reads may name any device', () => {
  const call: ToolCall = { program: 'lsblk', args: [other.path], effect: { kind: 'read' } };
  permitCall(call, latchFor(mine.path));
});
