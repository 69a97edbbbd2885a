import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { EraseMethod } from '../../../../../../src/storage/erase/method.ts';
import {
  ataSecureErase,
  ataSecureEraseEnhanced,
} from '../../../../../../src/storage/erase/methods/ata/secure-erase.ts';
import { SimulatedAta, type SimulatedAtaOptions } from '../../../../../support/simulated-ata.ts';
import { ataJob } from '../../../../../support/simulated-ata-job.ts';

const path = '/dev/sda';
const driveWith = (options: Partial<SimulatedAtaOptions> = {}): SimulatedAta => new SimulatedAta({ path, ...options });
const byHand = /hdparm --user-master u --security-disable ironhand \/dev\/sda/;

/** Runs a method that must fail; gives the message. */
async function failureOf(method: EraseMethod, drive: SimulatedAta): Promise<string> {
  const { target, context } = await ataJob(drive);
  const error: unknown = await method.run(target, context).then(
    () => assert.fail('it has not failed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error.message;
}

suite('a secure erase that goes wrong', () => {
  test('a password that the drive did not take, with exit code 0, ends it before the erase', async () => {
    const drive = driveWith({ faults: { aborts: ['set-pass'] } });
    assert.match(
      await failureOf(ataSecureErase, drive),
      /did not take the password .*security of \/dev\/sda is disabled/s,
    );
    assert.equal(drive.begun, 0);
  });

  test('a password that the drive said it took, and did not, ends it before the erase', async () => {
    const drive = driveWith({ faults: { ignores: ['set-pass'] } });
    assert.match(await failureOf(ataSecureErase, drive), /did not take the password .*exit code 0/);
    assert.equal(drive.begun, 0);
  });

  test('a drive that is frozen, or takes no passwords, since it was planned, is not touched', async () => {
    for (const [state, why] of [
      [{ frozen: true }, /is frozen by the firmware$/],
      [{ countExpired: true }, /takes no password until its next power cycle$/],
    ] as const) {
      const drive = driveWith({ security: state });
      assert.match(await failureOf(ataSecureErase, drive), why);
      assert.deepEqual(drive.commands, []);
    }
  });

  test('a worker that stops before the erase takes the password away first', async () => {
    const drive = driveWith();
    const { target, context, stop } = await ataJob(drive);
    const run: typeof context.run = async (call) => {
      const result = await context.run(call);
      if (call.args.includes('--security-set-pass')) stop();
      return result;
    };
    await assert.rejects(
      ataSecureErase.run(target, { ...context, run }),
      /the worker stops; security of .* is disabled/,
    );
    assert.deepEqual(drive.commands, ['set-pass', 'disable']);
    assert.equal(drive.security?.enabled, false);
  });

  for (const sense of ['fixed', 'descriptor'] as const) {
    test(`an aborted erase is a failure, and security is disabled again (sense data: ${sense})`, async () => {
      const drive = driveWith({ faults: { aborts: ['erase-enhanced'], sense } });
      const message = await failureOf(ataSecureEraseEnhanced, drive);
      assert.match(message, /aborted the erase .*security of \/dev\/sda is disabled/s);
      assert.equal(drive.security?.enabled, false);
    });

    test(`an erase that fails half way leaves the drive locked, and it is unlocked (sense data: ${sense})`, async () => {
      const drive = driveWith({ faults: { failsHalfway: true, sense } });
      assert.match(await failureOf(ataSecureErase, drive), /aborted the erase .*is disabled/s);
      assert.deepEqual([drive.security?.enabled, drive.security?.locked], [false, false]);
    });
  }

  test('a password that stays after an erase that said it was done is a failure, and is taken away', async () => {
    const drive = driveWith({ faults: { keepsPassword: true } });
    assert.match(await failureOf(ataSecureErase, drive), /has kept the password, so it has not erased .*is disabled/);
    assert.equal(drive.security?.enabled, false);
  });

  test('a password that cannot be taken away is told, with what to type', async () => {
    const drive = driveWith({ faults: { failsHalfway: true, aborts: ['disable'] } });
    const message = await failureOf(ataSecureErase, drive);
    assert.match(message, /may still be enabled on \/dev\/sda \(enabled, locked; .*cycle its power, then type: /s);
    assert.match(message, byHand);
  });

  test('a drive that vanishes is waited for, then given up, with what to type when it is back', async () => {
    const message = await failureOf(ataSecureErase, driveWith({ faults: { vanishes: true } }));
    assert.match(message, /does not answer \(asked 11 times\)/);
    assert.match(message, byHand);
  });

  test('a drive that is silent for a while after the erase is waited for', async () => {
    const drive = driveWith({ faults: { silentFor: 5 } });
    const { target, context } = await ataJob(drive);
    await ataSecureErase.run(target, context);
    assert.equal(drive.security?.enabled, false);
  });

  test('an erase that takes longer than the drive said is told in the log, and waited for', async () => {
    const drive = driveWith({ security: { normalMinutes: 0.001 }, eraseMilliseconds: 150 });
    const { target, context, reports, warnings } = await ataJob(drive);
    const disk = { ...target.disk, probe: { ...target.disk.probe, security: { normalMinutes: 0.001 } } };
    await ataSecureErase.run({ ...target, disk: disk as typeof target.disk }, context);
    assert.equal(warnings.length, 1);
    assert.equal(reports.at(-1)?.done, 999);
    assert.ok(reports.every(({ done }, at) => done >= (reports[at - 1]?.done ?? 0)));
  });

  test('the program is given more time than the kernel gives the drive', async () => {
    const drive = driveWith();
    const { target, context } = await ataJob(drive);
    const limits: (number | undefined)[] = [];
    const run: typeof context.run = (call) => {
      if (call.args.includes('--security-erase')) limits.push(call.timeoutSeconds);
      return context.run(call);
    };
    await ataSecureErase.run(target, { ...context, run });
    assert.deepEqual(
      limits.map((limit) => (limit ?? 0) >= (60 + 60) * 60),
      [true],
    );
  });

  test('a program that was killed at its limit does not stop the drive: it is waited for, and its security disabled', async () => {
    const drive = driveWith({ eraseMilliseconds: 300, secondMilliseconds: 0.01 });
    const { target, context } = await ataJob(drive);
    await assert.rejects(
      ataSecureErase.run(target, context),
      /took longer than \d+ s; security of \/dev\/sda is disabled/,
    );
    assert.equal(drive.security?.enabled, false);
    assert.equal(drive.begun, 1);
  });
});

suite('a drive that has a password', () => {
  for (const [password, fits] of [
    ['ironhand', 'ironhand'],
    ['NULL', 'NULL'],
  ] as const) {
    test(`gives up ${password}, which an erase left behind, is erased, and that is in the evidence`, async () => {
      const drive = driveWith({ security: { enabled: true, locked: true, password } });
      const { target, context } = await ataJob(drive);
      const evidence = await ataSecureErase.run(target, context);
      assert.equal(evidence.details['foundWithPassword'], fits);
      assert.equal(drive.security?.enabled, false);
      assert.equal(drive.begun, 1);
    });
  }

  test('of somebody else is left as it is, and some of its five attempts', async () => {
    const drive = driveWith({ security: { enabled: true, locked: true, password: 'secret' } });
    const message = await failureOf(ataSecureErase, drive);
    assert.match(
      message,
      /did not give up its password to ironhand or NULL \(enabled, locked; .*--security-disable PASSWORD/s,
    );
    assert.deepEqual(drive.commands, ['disable', 'disable']);
    assert.deepEqual([drive.security?.locked, drive.security?.countExpired], [true, false]);
    assert.equal(drive.begun, 0);
  });

  test('is not tried while it takes no passwords, or is frozen', async () => {
    for (const state of [{ countExpired: true }, { frozen: true }]) {
      const drive = driveWith({ security: { enabled: true, locked: true, password: 'ironhand', ...state } });
      await failureOf(ataSecureErase, drive);
      assert.deepEqual(drive.commands, []);
    }
  });
});
