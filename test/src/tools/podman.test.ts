import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import {
  type BootcInstall,
  endInstall,
  installArgs,
  installImage,
  pullArgs,
  pullImage,
} from '../../../src/tools/podman.ts';

const install: BootcInstall = {
  image: 'registry.example/os:1',
  device: '/dev/loop5',
  rootSizeMib: 1000,
  authorizedKeysFile: null,
  tpm2Luks: false,
  disableSelinux: false,
};

describe('podman', () => {
  it('pulls with the file of the credentials, or without', () => {
    assert.deepEqual(pullArgs('r.example/a', '/run/x'), [
      'pull',
      '--retry-delay=5s',
      '--authfile=/run/x',
      'r.example/a',
    ]);
    assert.deepEqual(pullArgs('r.example/a', null), ['pull', '--retry-delay=5s', 'r.example/a']);
  });

  it('runs bootc of the image that was pulled, and never pulls again', () => {
    const args = installArgs(install);
    assert.ok(args.indexOf('--pull=never') < args.indexOf(install.image));
    const wanted = ['--wipe', '--skip-fetch-check', '--root-size=1000M', '/dev/loop5'];
    assert.deepEqual(args.slice(args.indexOf(install.image) + 1), ['bootc', 'install', 'to-disk', ...wanted]);
    assert.deepEqual(
      args.filter((arg) => arg.startsWith('--volume')),
      ['--volume=/dev:/dev', '--volume=/var/lib/containers:/var/lib/containers'],
    );
  });

  it('passes on keys, encryption and what this kernel cannot do', () => {
    const args = installArgs({ ...install, authorizedKeysFile: '/run/keys', tpm2Luks: true, disableSelinux: true });
    for (const arg of [
      '--volume=/run/keys:/run/keys:ro',
      '--root-ssh-authorized-keys=/run/keys',
      '--block-setup=tpm2-luks',
      '--disable-selinux',
    ]) {
      assert.ok(args.includes(arg), arg);
    }
    assert.equal(args.at(-1), '/dev/loop5');
  });

  it('ends a container also for a job that was aborted', async () => {
    const calls: ToolCall[] = [];
    await endInstall(async (call) => {
      calls.push(call);
      return { stdout: '', stderr: '', exitCode: 0 };
    });
    assert.deepEqual(
      calls.map(({ evenWhenAborted }) => evenWhenAborted),
      [true],
    );
  });

  it('states that a pull changes the machine, and an installation its device', async () => {
    const calls: ToolCall[] = [];
    const run = async (call: ToolCall) => {
      calls.push(call);
      return { stdout: '', stderr: '', exitCode: 0 };
    };
    await pullImage(run, 'r.example/a', null);
    await installImage(run, install);
    assert.deepEqual(
      calls.map(({ effect }) => effect),
      [{ kind: 'kernel' }, { kind: 'device', device: '/dev/loop5' }],
    );
  });
});
