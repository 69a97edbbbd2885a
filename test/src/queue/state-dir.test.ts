import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { thisProcess } from '../../../src/queue/job-owner.ts';
import { prepareStateDir, readBootId, type StateDir } from '../../../src/queue/state-dir.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const boot = '11111111-1111-4111-8111-111111111111';
const nextBoot = '22222222-2222-4222-8222-222222222222';
const refused = (message: RegExp) => ({ name: 'ConfigurationError', message });

/** What processes of one boot must agree on. */
function keysIn(state: StateDir): readonly string[] {
  return [state.redisPassword, state.jobKey].map((file) => readFileSync(file, 'utf8'));
}

describe('the state directory', () => {
  it('is made with its parents, for its owner only', () => {
    using dir = temporaryDirectory();
    const state = prepareStateDir(path.join(dir.path, 'a/b'), boot);
    const modes = readdirSync(state.root, { withFileTypes: true }).map((entry) => {
      const mode = statSync(path.join(state.root, entry.name)).mode & 0o777;
      return mode === (entry.isDirectory() ? 0o700 : 0o600);
    });
    assert.equal(statSync(state.root).mode & 0o777, 0o700);
    assert.deepEqual(new Set(modes), new Set([true]));
  });

  it('keeps everything within one boot', () => {
    using dir = temporaryDirectory();
    const first = prepareStateDir(dir.path, boot);
    writeFileSync(first.identity, '{}');
    const second = prepareStateDir(dir.path, boot);
    assert.deepEqual(keysIn(second), keysIn(first));
    assert.ok(existsSync(second.identity));
  });

  it('makes keys that nobody can guess, different in each directory', () => {
    using one = temporaryDirectory();
    using two = temporaryDirectory();
    const keys = [one, two].flatMap((dir) => keysIn(prepareStateDir(dir.path, boot)));
    assert.equal(new Set(keys).size, 4);
    for (const key of keys) assert.match(key, /^[\w-]{43}$/);
  });

  it('forgets everything of another boot, secrets and results included', () => {
    using dir = temporaryDirectory();
    const before = prepareStateDir(dir.path, boot);
    for (const place of [before.secrets, before.results, before.redisData]) writeFileSync(path.join(place, 'a'), 'old');
    writeFileSync(before.identity, 'old');
    const old = keysIn(before);
    const after = prepareStateDir(dir.path, nextBoot);
    assert.deepEqual(
      [after.secrets, after.results, after.redisData].flatMap((place) => readdirSync(place)),
      [],
    );
    assert.equal(existsSync(after.identity), false);
    assert.equal(new Set([...old, ...keysIn(after)]).size, 4);
  });

  it('goes on emptying where a process was killed in the middle of it', () => {
    using dir = temporaryDirectory();
    const before = prepareStateDir(dir.path, boot);
    writeFileSync(before.identity, 'old');
    rmSync(before.jobKey);
    rmSync(before.redisData, { recursive: true });
    const after = prepareStateDir(dir.path, nextBoot);
    assert.equal(existsSync(after.identity), false);
    assert.equal(keysIn(after).length, 2);
  });

  it('refuses a directory with files of somebody else, and leaves them alone', () => {
    using dir = temporaryDirectory();
    writeFileSync(path.join(dir.path, 'thesis.txt'), 'mine');
    chmodSync(dir.path, 0o755);
    assert.throws(() => prepareStateDir(dir.path, boot), refused(/expected an empty directory .* found other files/));
    assert.deepEqual(readdirSync(dir.path), ['thesis.txt']);
    assert.equal(statSync(dir.path).mode & 0o777, 0o755);
  });

  it('refuses a directory where others could have planted keys', () => {
    using dir = temporaryDirectory();
    writeFileSync(path.join(dir.path, 'boot-id'), boot);
    writeFileSync(path.join(dir.path, 'job-key'), 'known to the attacker');
    chmodSync(dir.path, 0o1777);
    assert.throws(
      () => prepareStateDir(dir.path, boot),
      refused(/only this user can write to, found mode 1777 of user 0/),
    );
    chmodSync(dir.path, 0o700);
    chownSync(dir.path, 65_534, 65_534);
    assert.throws(() => prepareStateDir(dir.path, boot), refused(/found mode 700 of user 65534/));
    chownSync(dir.path, 0, 0);
  });

  it('takes over the lock of a process that died', () => {
    using dir = temporaryDirectory();
    writeFileSync(path.join(dir.path, 'lock'), '');
    assert.ok(existsSync(prepareStateDir(dir.path, boot).jobKey));
    assert.equal(existsSync(path.join(dir.path, 'lock')), false);
  });

  for (const [start, arrange] of [
    ['an empty directory', () => undefined],
    ['the directory of another boot', (root: string) => prepareStateDir(root, nextBoot)],
    ['a directory whose lock a dead process holds', (root: string) => leaveDeadLock(path.join(root, 'lock'))],
  ] as const) {
    it(`is the same for processes that prepare ${start} at once`, async () => {
      using dir = temporaryDirectory();
      const roots = Array.from({ length: 25 }, (_, index) => path.join(dir.path, `${index}`));
      for (const root of roots) {
        mkdirSync(root);
        arrange(root);
      }
      const [first, ...others] = await prepareAtOnce(roots, 4);
      assert.ok(
        first?.every((result) => /^[\w-]{43} [\w-]{43}$/.test(result)),
        first?.join('\n'),
      );
      for (const other of others) assert.equal(other.join('\n'), first?.join('\n'));
    });
  }
});

/** As a process leaves it that was killed while it held it. */
function leaveDeadLock(lockFile: string): void {
  const dead = { ...thisProcess(), startTime: '1', id: path.basename(path.dirname(lockFile)) };
  symlinkSync(JSON.stringify(dead), lockFile);
}

/** Lets several processes prepare the same directories at the same time; resolves with what each of them found there. */
async function prepareAtOnce(roots: readonly string[], processes: number): Promise<readonly (readonly string[])[]> {
  const program = path.join(import.meta.dirname, 'prepare-often.ts');
  const children = Array.from({ length: processes }, () => fork(program, [boot]));
  await Promise.all(children.map((child) => once(child, 'spawn')));
  const answers = children.map(async (child) => {
    const [message] = (await once(child, 'message')) as [{ readonly results: readonly string[] }];
    return message.results;
  });
  for (const child of children) child.send({ roots });
  return await Promise.all(answers);
}

describe('the id of a boot', () => {
  it('is what the kernel says', () => {
    assert.match(readBootId('/proc/sys/kernel/random/boot_id'), /^[0-9a-f-]{36}$/);
  });

  it('is nothing else', () => {
    using dir = temporaryDirectory();
    const file = path.join(dir.path, 'boot_id');
    for (const text of ['', '\n', '../../etc', 'x'.repeat(36)]) {
      writeFileSync(file, text);
      assert.throws(() => readBootId(file), refused(/expected a boot id/));
    }
  });
});
