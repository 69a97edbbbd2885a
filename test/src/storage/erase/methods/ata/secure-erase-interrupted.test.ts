import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ataSecureErase } from '../../../../../../src/storage/erase/methods/ata/secure-erase.ts';
import { memoryCheckpoint } from '../../../../../support/memory-checkpoint.ts';
import { SimulatedAta, type SimulatedAtaOptions } from '../../../../../support/simulated-ata.ts';
import { ataJob } from '../../../../../support/simulated-ata-job.ts';

const path = '/dev/sda';
const driveWith = (options: Partial<SimulatedAtaOptions> = {}): SimulatedAta => new SimulatedAta({ path, ...options });
const byHand = /hdparm --user-master u --security-disable ironhand \/dev\/sda/;

suite('a second run of a secure erase', () => {
  /** What a run leaves behind whose process dies at a moment: at each of them. */
  async function* deaths() {
    const whole = await ataJob(driveWith());
    await ataSecureErase.run(whole.target, whole.context);
    assert.ok(whole.moments() > 15, `${whole.moments()} moments`);
    for (let diesAt = 1; diesAt <= whole.moments(); diesAt++) {
      const drive = driveWith({ eraseMilliseconds: 3 });
      const record = memoryCheckpoint();
      const { target, context } = await ataJob(drive, { record, diesAt });
      await assert.rejects(ataSecureErase.run(target, context));
      yield { drive, record, diesAt };
    }
  }

  test('leaves the drive with security disabled, and never erases twice, whenever the first one died', async () => {
    const outcomes: string[] = [];
    for await (const { drive, record, diesAt } of deaths()) {
      const { target, context } = await ataJob(drive, { record });
      const outcome = await ataSecureErase.run(target, context).then(
        () => 'erased',
        (error: Error) => error.message,
      );
      outcomes.push(outcome);
      assert.deepEqual(
        [drive.security?.enabled, drive.security?.locked],
        [false, false],
        `death at ${diesAt}: ${outcome}`,
      );
      assert.ok(drive.begun <= 1, `death at ${diesAt}: ${drive.begun} erases`);
      if (outcome !== 'erased') assert.match(outcome, /^interrupted: .*security of \/dev\/sda is disabled$/);
    }
    assert.ok(outcomes.some((outcome) => outcome.includes('was not begun')));
    assert.ok(outcomes.some((outcome) => outcome.includes('was perhaps begun')));
  });

  test('says so where it cannot disable security, after a power cycle too', async () => {
    for await (const { drive, record } of deaths()) {
      // The firmware of the machine froze the drive when it came up.
      drive.powerCycle();
      const { enabled } = drive.security ?? assert.fail();
      Object.assign(drive.security ?? {}, { frozen: true });
      const { target, context } = await ataJob(drive, { record });
      const outcome = await ataSecureErase.run(target, context).then(
        () => 'erased',
        (error: Error) => error.message,
      );
      if (!enabled) continue;
      assert.match(outcome, /may still be enabled on \/dev\/sda \(enabled, locked, frozen\)/);
      assert.match(outcome, byHand);
    }
  });

  test('of one that had ended well gives its evidence, and does not touch the drive', async () => {
    const drive = driveWith();
    const record = memoryCheckpoint();
    const first = await ataJob(drive, { record });
    const evidence = await ataSecureErase.run(first.target, first.context);
    const second = await ataJob(drive, { record });
    assert.deepEqual(await ataSecureErase.run(second.target, second.context), evidence);
    assert.equal(drive.begun, 1);
  });

  test('finds the drive at work after the worker has stopped, waits for it, and disables security', async () => {
    const drive = driveWith({ eraseMilliseconds: 200, faults: { keepsPassword: true } });
    const record = memoryCheckpoint();
    const first = await ataJob(drive, { record });
    const run = ataSecureErase.run(first.target, first.context);
    setTimeout(() => first.stop(), 30);
    await assert.rejects(run, /the worker stops while \/dev\/sda erases/);
    const second = await ataJob(drive, { record });
    await assert.rejects(ataSecureErase.run(second.target, second.context), /^EraseMethodError: interrupted: /);
    assert.equal(drive.security?.enabled, false);
    assert.equal(drive.begun, 1);
  });

  test('does not pass over a record that cannot be understood', async () => {
    const record = memoryCheckpoint();
    record.save({ state: 'odd' });
    const drive = driveWith();
    const { target, context } = await ataJob(drive, { record });
    await assert.rejects(ataSecureErase.run(target, context), /cannot be read/);
    assert.deepEqual(drive.commands, []);
  });
});
