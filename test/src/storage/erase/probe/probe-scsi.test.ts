import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { probeScsi } from '../../../../../src/storage/erase/probe/probe-scsi.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';
import { type ScsiBehaviour, SimulatedScsi } from '../../../../support/simulated-scsi.ts';

const disk = makeDisk('/dev/sda', { transport: 'sas' });
const probe = (behaviour: ScsiBehaviour) => probeScsi(disk, new SimulatedScsi(behaviour));

suite('the probe of a SCSI disk', () => {
  test('finds every command that the disk lists', async () => {
    assert.deepEqual(await probe({}), {
      kind: 'scsi',
      sanitize: { crypto: true, block: true, overwrite: true },
      formatUnit: true,
      zerosAfterDiscard: true,
    });
  });

  test('finds no command that the disk does not list', async () => {
    assert.deepEqual(await probe({ commands: ['sanitize-overwrite'], lbprz: false }), {
      kind: 'scsi',
      sanitize: { crypto: false, block: false, overwrite: true },
      formatUnit: false,
      zerosAfterDiscard: false,
    });
  });

  test('changes nothing', async () => {
    const drive = new SimulatedScsi();
    await probeScsi(disk, drive);
    assert.deepEqual(new Set(drive.calls.map(({ effect }) => effect.kind)), new Set(['read']));
    assert.deepEqual(drive.started, []);
  });

  test('fails where the disk is sanitizing itself', async () => {
    const drive = new SimulatedScsi();
    drive.beginElsewhere('sanitize');
    await assert.rejects(probeScsi(disk, drive), /Device not ready/);
  });

  test('leaves out a command that goes over other logical units, too', async () => {
    const { run } = new SimulatedScsi();
    const multi = {
      run: async (call: Parameters<typeof run>[0]) => {
        const result = await run(call);
        const stdout = result.stdout.replace('(MLU): not reported', '(MLU): affects all LUs in this target');
        return { ...result, stdout };
      },
    };
    const { sanitize, formatUnit } = await probeScsi(disk, multi);
    assert.deepEqual([sanitize, formatUnit], [{ crypto: false, block: false, overwrite: false }, false]);
  });
});
