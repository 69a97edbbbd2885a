import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { openOutputFile } from '../../../src/burn-in/output-file.ts';
import type { Config } from '../../../src/core/config.ts';
import type { Host } from '../../../src/core/job-context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** As in the ramdisk, where the latch is open. */
const hostAt = (stateDir: string): Host =>
  ({ latch: { open: true, devices: [], permit: () => undefined }, config: { stateDir } as Config }) as unknown as Host;

suite('the output file of a burn-in', () => {
  test('is replaced, and only root can read it', async () => {
    using directory = temporaryDirectory();
    const file = path.join(directory.path, 'out.log');
    writeFileSync(file, 'a much longer text of an earlier run', { mode: 0o600 });
    {
      await using output = await openOutputFile(file, hostAt('/run/none'));
      await output.write('first, and longer');
      await output.write('second');
    }
    assert.equal(readFileSync(file, 'utf8'), 'second');
    const fresh = path.join(directory.path, 'fresh.log');
    {
      await using output = await openOutputFile(fresh, hostAt('/run/none'));
      await output.write('');
    }
    assert.equal(statSync(fresh).mode & 0o777, 0o600);
  });

  test('never lies among what the agent keeps, but for the directory that is meant for it', async () => {
    using directory = temporaryDirectory();
    mkdirSync(path.join(directory.path, 'secrets'));
    const host = hostAt(directory.path);
    for (const name of ['config.json', 'secrets/x']) {
      await assert.rejects(openOutputFile(path.join(directory.path, name), host), {
        name: 'InvalidCommandParamsError',
      });
    }
    symlinkSync(directory.path, path.join(directory.path, 'secrets', 'link'));
    const roundabout = path.join(directory.path, 'secrets', 'link', 'identity.json');
    await assert.rejects(openOutputFile(roundabout, host), { name: 'InvalidCommandParamsError' });
    await using output = await openOutputFile(path.join(directory.path, 'burn-in', 'x.log'), host);
    await output.write('here');
    assert.equal(readFileSync(path.join(directory.path, 'burn-in', 'x.log'), 'utf8'), 'here');
  });

  test('is a file, and nothing that leads elsewhere', async () => {
    using directory = temporaryDirectory();
    const at = (name: string): string => path.join(directory.path, name);
    symlinkSync('/etc/passwd', at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    for (const file of [at('link'), at('pipe'), directory.path, '/dev/null', at('none/x')]) {
      await assert.rejects(openOutputFile(file, hostAt('/run/none')), {
        details: new RegExp(`cannot write .* ${file}`),
      });
    }
  });
});
