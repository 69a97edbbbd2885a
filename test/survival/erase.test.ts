import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { findCanaries, sowCanaries } from '../support/disk-canaries.ts';
import type { WireErasure } from '../support/erase-step.ts';
import { createLoopDevice, type LoopDevice } from '../support/loop-device.ts';
import { writeKeyPair } from '../support/signing-key.ts';
import { smallNode } from '../support/step-request.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const sizeBytes = 192 * 1024 ** 2;
const program = path.join(import.meta.dirname, '../../scripts/ironhand.mjs');

interface EraseProgress {
  readonly devices?: Readonly<Record<string, { readonly phase: string; readonly done: number; readonly rate: number }>>;
}

describe('an erase that a conductor orders, of an agent whose processes die', () => {
  const directory = temporaryDirectory();
  const { keyFile, publicFile } = writeKeyPair(directory.path);
  const disks: LoopDevice[] = [];
  let agent: RunningAgent;
  let ended: WireCommand;

  before(async () => {
    for (let number = 0; number < 3; number += 1) {
      const disk = await createLoopDevice({ sizeBytes });
      await sowCanaries(disk.path);
      disks.push(disk);
    }
    const args = ['--erase-certificate-key-file', keyFile, '--erase-certificate-operator', 'the tests'];
    agent = await startAgent({ devices: disks.map((disk) => disk.path), args });
  });
  after(async () => {
    await agent.stop();
    for (const disk of disks) await disk[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  /** Resolves when the disks are being written, `passes` passes or more into it. */
  async function writing(id: string, passes: number): Promise<void> {
    await until(
      async () => {
        const { progress, command_status: status, command_error: error } = await agent.command(id);
        assert.equal(status, 'RUNNING', error?.details);
        const devices = Object.values((progress as EraseProgress | undefined)?.devices ?? {});
        return devices.length === disks.length && devices.every(({ phase }) => Number(phase.split(' ')[1]) >= passes);
      },
      { withinMs: 60_000, everyMs: 50, what: `pass ${passes} on every disk` },
    );
  }

  it('goes on after the death of worker, redis and api, to the end', async () => {
    const { id } = await agent.accepted('clean.execute_clean_step', {
      step: {
        step: 'erase_devices',
        interface: 'deploy',
        args: { passes: ['random', 'random', 'random', 'random', 'random', '0xaa', 'zeros'], verification: 'full' },
      },
      node: { ...smallNode, driver_internal_info: { disk_erasure_concurrency: 4 } },
      ports: [],
    });
    await writing(id, 1);
    await agent.replaced('worker-storage', await agent.kill('worker-storage'));
    await writing(id, 2);
    await agent.replaced('redis', await agent.kill('redis'));
    await agent.replaced('api', await agent.kill('api'));
    const answers = async (): Promise<boolean> =>
      await agent.request('/v1/status').then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(answers, { withinMs: 20_000, what: 'the api' });
    ended = await agent.ended(id);
    assert.equal(ended.command_status, 'SUCCEEDED', ended.command_error?.details);
  });

  it('leaves nothing on the disks, and says how it knows', async () => {
    const result = ended.command_result?.['clean_result'] as Readonly<Record<string, WireErasure>>;
    for (const disk of disks) {
      assert.deepEqual(await findCanaries(disk.path), []);
      const erasure = result[disk.path];
      assert.equal(erasure?.clean, true);
      assert.equal(erasure.bytes, 7 * sizeBytes, 'seven passes, and nothing counted twice');
      assert.equal(erasure.resumed, 1);
      assert.ok(erasure.verification.every(({ passed }) => passed));
      assert.equal(erasure.certificate.signed, true);
    }
  });

  it('is certified, on the API and to whoever has the public key', async () => {
    const { json } = await agent.request('/v1/erase/certificates');
    const { certificates } = json as {
      readonly certificates: readonly { readonly id: string; readonly kind: string }[];
    };
    assert.deepEqual(certificates.map(({ kind }) => kind).sort(), ['disk', 'disk', 'disk', 'host']);
    for (const { id } of certificates) {
      const { text } = await agent.request(`/v1/erase/certificates/${id}`);
      const file = path.join(directory.path, `${id}.json`);
      writeFileSync(file, text);
      const verdict = execFileSync(process.execPath, [program, 'erase', 'verify', file, '--public-key', publicFile], {
        encoding: 'utf8',
      });
      assert.match(verdict, /^SANITIZED/m);
    }
  });
});
