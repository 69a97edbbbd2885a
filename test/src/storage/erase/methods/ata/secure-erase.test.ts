import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { EraseMethod } from '../../../../../../src/storage/erase/method.ts';
import {
  ataSecureErase,
  ataSecureEraseEnhanced,
} from '../../../../../../src/storage/erase/methods/ata/secure-erase.ts';
import { makeDisk } from '../../../../../support/make-block-device.ts';
import { memoryCheckpoint } from '../../../../../support/memory-checkpoint.ts';
import { SimulatedAta, type SimulatedAtaOptions } from '../../../../../support/simulated-ata.ts';
import { ataJob, probedDisk } from '../../../../../support/simulated-ata-job.ts';

const path = '/dev/sda';
const driveWith = (options: Partial<SimulatedAtaOptions> = {}): SimulatedAta => new SimulatedAta({ path, ...options });
const _byHand = /hdparm --user-master u --security-disable ironhand \/dev\/sda/;

suite('a secure erase', () => {
  for (const [method, command, minutes] of [
    [ataSecureErase, 'erase', 60],
    [ataSecureEraseEnhanced, 'erase-enhanced', 2],
  ] as const) {
    test(`${method.name} sets a password, erases, and shows that security is disabled`, async () => {
      const media = new Uint8Array(64).fill(7);
      const drive = driveWith({ media });
      const { target, context, reports } = await ataJob(drive);
      const evidence = await method.run(target, context);
      assert.deepEqual(drive.commands, ['set-pass', command]);
      assert.ok(media.every((byte) => byte === 0));
      assert.equal(drive.security?.enabled, false);
      assert.equal(evidence.tool, `hdparm --security-${command}`);
      assert.equal(evidence.details['estimatedMinutes'], minutes);
      assert.deepEqual(reports[0], {
        phase: `secure erase (drive says about ${minutes} min)`,
        done: 0,
        total: 1000,
      });
      const checks = await method.verify(target, evidence, context);
      assert.deepEqual(
        checks.map(({ name, passed }) => [name, passed]),
        [['security-disabled', true]],
      );
    });
  }

  test('the password is one that every operator can know', async () => {
    const drive = driveWith({ faults: { keepsPassword: true, aborts: ['disable'] } });
    const { target, context } = await ataJob(drive);
    await assert.rejects(ataSecureErase.run(target, context));
    assert.equal(drive.security?.password, 'ironhand');
  });

  test('a drive that has a password after all does not pass', async () => {
    const drive = driveWith();
    const { target, context } = await ataJob(drive);
    const evidence = await ataSecureErase.run(target, context);
    Object.assign(drive.security ?? {}, { enabled: true });
    const [check] = await ataSecureErase.verify(target, evidence, context);
    assert.deepEqual([check?.name, check?.passed], ['security-disabled', false]);
    assert.equal(check?.detail, 'IDENTIFY DEVICE says: enabled, not locked.');
  });

  test('what is about to happen to the drive is on record before it happens', async () => {
    const record = memoryCheckpoint();
    const states: unknown[] = [];
    const drive = driveWith();
    const { target, context } = await ataJob(drive, { record });
    const run: typeof context.run = (call) => {
      if (call.effect.kind === 'device') states.push((record.read() as { state?: unknown } | null)?.state);
      return context.run(call);
    };
    await ataSecureErase.run(target, { ...context, run });
    assert.deepEqual(states, ['password', 'erasing']);
    assert.equal((record.read() as { state: unknown }).state, 'erased');
  });
});

suite('what a secure erase says of a disk', () => {
  const supportOf = async (method: EraseMethod, security: SimulatedAtaOptions['security']) =>
    method.supports(await probedDisk(driveWith({ security: security ?? null })));

  test('without the feature set, or the enhanced mode, it is unsupported', async () => {
    assert.equal((await supportOf(ataSecureErase, null)).kind, 'unsupported');
    assert.equal((await supportOf(ataSecureEraseEnhanced, { enhanced: false })).kind, 'unsupported');
    assert.equal((await supportOf(ataSecureErase, { enhanced: false })).kind, 'supported');
    const plain = {
      device: makeDisk(path),
      partitions: [],
      probe: { kind: 'plain', zerosAfterDiscard: false },
    } as const;
    assert.equal(ataSecureErase.supports(plain).kind, 'unsupported');
  });

  test('frozen, or out of attempts, it is blocked, and the way out is told', async () => {
    const frozen = await supportOf(ataSecureErase, { frozen: true });
    assert.match(frozen.kind === 'blocked' ? frozen.why : '', /frozen by the firmware; suspending and resuming/);
    const expired = await supportOf(ataSecureErase, { enabled: true, locked: true, countExpired: true });
    assert.match(expired.kind === 'blocked' ? expired.why : '', /until its power is cycled/);
  });

  test('with a password it is supported, and says that the known ones are tried', async () => {
    const locked = await supportOf(ataSecureErase, { enabled: true, locked: true });
    assert.match(locked.kind === 'supported' ? locked.how : '', /it is locked: .*\(ironhand, NULL\) are tried first/);
  });

  test('the time is the drive’s own', async () => {
    const disk = await probedDisk(driveWith());
    const options = {} as Parameters<EraseMethod['estimate']>[1];
    assert.deepEqual(
      [ataSecureErase.estimate(disk, options), ataSecureEraseEnhanced.estimate(disk, options)],
      [3600, 120],
    );
  });

  test('only the enhanced mode on a magnetic disk is a purge', async () => {
    const flash = await probedDisk(driveWith(), false);
    const magnetic = await probedDisk(driveWith(), true);
    assert.deepEqual(
      [ataSecureErase, ataSecureEraseEnhanced].map((method) => [
        method.sanitization(flash),
        method.sanitization(magnetic),
      ]),
      [
        ['clear', 'clear'],
        ['clear', 'purge'],
      ],
    );
  });
});
