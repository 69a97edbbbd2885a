import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runFile } from '../../../scripts/testing/run-file.ts';

test('the test runner finds, names and removes loop devices and mounts that a test left behind', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'sample-'));
  const file = path.join(directory, 'sample.test.ts');
  await writeFile(
    file,
    `import { test } from 'node:test';
    import { execFileSync } from 'node:child_process';
    import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
    test('forgets to detach', () => {
      const dir = process.env.TMPDIR;
      writeFileSync(dir + '/disk.img', '');
      truncateSync(dir + '/disk.img', 1 << 20);
      execFileSync('losetup', ['--find', '--show', dir + '/disk.img']);
      mkdirSync(dir + '/mnt');
      execFileSync('mount', ['-t', 'tmpfs', 'sample', dir + '/mnt']);
    });`,
  );
  const result = await runFile(file, { timeoutSeconds: 30 });
  await rm(directory, { recursive: true });
  const text = result.failures.map(({ error }) => error).join('\n');
  assert.match(text, /left behind: mount \/\S+\/mnt; loop device \/dev\/loop\d+$/);
  const loop = /\/dev\/(loop\d+)/.exec(text)?.[1];
  assert.equal(existsSync(`/sys/block/${loop}/loop/backing_file`), false);
});
