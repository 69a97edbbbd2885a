import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseReservation, readScsiReservation } from '../../../src/tools/sg-persist.ts';
import { answeringTool } from '../../support/answering-tool.ts';

const reservation = (name: string, device = '/dev/sda') =>
  readScsiReservation(answeringTool('sg_persist', name).run, device);

suite('a persistent reservation', () => {
  test('has a holder and a type', async () => {
    assert.deepEqual(await reservation('write-exclusive'), { holder: '0x1234abcd', type: 'Write Exclusive' });
    const registrants = { holder: '0x1234abcd', type: 'Exclusive Access, registrants only' };
    assert.deepEqual(await reservation('registrants-only'), registrants);
    assert.deepEqual(await reservation('bad-type'), { holder: '0x1234abcd', type: 'obsolete [2]' });
  });

  test('may be held by all that are registered', async () => {
    assert.deepEqual(await reservation('all-registrants'), {
      holder: '0x0',
      type: 'Exclusive Access, all registrants',
    });
  });

  test('is none where there is none', async () => {
    assert.equal(await reservation('none'), null);
  });

  test('is none on a disk that does not know the command', async () => {
    assert.equal(await reservation('read-reservation', '/dev/sdd'), null);
    assert.equal(await reservation('invalid-field'), null);
  });

  test('is asked for again after a unit attention', async () => {
    const tool = answeringTool('sg_persist', 'attention', 'write-exclusive');
    assert.equal((await readScsiReservation(tool.run, '/dev/sda'))?.holder, '0x1234abcd');
  });

  for (const name of ['no-connect', 'not-ready']) {
    test(`is not denied where the disk does not answer: ${name}`, async () => {
      await assert.rejects(reservation(name), ToolError);
    });
  }

  test('is not denied where there is no disk', async () => {
    await assert.rejects(reservation('read-reservation-missing', '/dev/sdz'), ToolError);
  });

  test('is not denied for an unknown answer', () => {
    assert.throws(() => parseReservation('  PR generation=0x7, something new\n'), /unknown answer/);
  });
});
