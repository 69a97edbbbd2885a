import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { prepare } from '../../scripts/cli/prepare.ts';
import { apiProcess } from '../../scripts/cli/process-table.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const probe = path.join(import.meta.dirname, '../support/api-permission-probe.ts');

const forbidden = [
  'start a process',
  'start a process and wait',
  'run a file',
  'fork itself',
  'become another program',
  'start a thread',
  'load an addon',
  'read the block device',
  'write the block device',
  'write the block device through a promise',
  'write the block device as a stream',
  'read the block device through /proc',
  'read the block device through the root of another process',
  'read the block device through a working directory',
  'list the devices',
  'read the passwords of the machine',
  'read the passwords of the machine through /proc',
  'read the memory of the machine',
  'write a control file of the kernel',
  'link to a device from where it may write',
  'write beside its state',
  'write its own program',
  'change the configuration of the workers',
  'change the configuration of redis',
  'replace the configuration of redis',
  'remove the records of this boot',
  'change the result of a command',
  'copy a file out',
];

const needed = [
  'write its state',
  'keep a secret',
  'keep a certificate',
  'remove the answer to a question',
  'read its program',
  'see its state',
];

let directory: ReturnType<typeof temporaryDirectory>;
let device: LoopDevice;
let outcomes: Readonly<Record<string, string>>;

before(async () => {
  directory = temporaryDirectory();
  device = await createLoopDevice({ sizeBytes: 1 << 20 });
  const { config, state } = await prepare({
    argv: { stateDir: path.join(directory.path, 'state'), standalone: true, devices: device.path },
    configFiles: [],
    configDirs: [],
  });
  const { program, args, env } = apiProcess(config, state);
  assert.match(args.at(-1) ?? '', /\/api\/main\.ts$/);
  const { stdout } = await promisify(execFile)(program, [...args.slice(0, -1), probe, device.path, state.root], {
    env,
  });
  outcomes = JSON.parse(stdout) as Record<string, string>;
  assert.deepEqual(Object.keys(outcomes), [...forbidden, ...needed]);
});

after(async () => {
  await device[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

describe('the api process', () => {
  for (const attempt of forbidden) {
    it(`cannot ${attempt}`, () =>
      assert.match(outcomes[attempt] ?? 'not tried', /^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/));
  }

  it('can do what it must', () => {
    for (const necessity of needed) assert.equal(outcomes[necessity], 'done', necessity);
  });
});
