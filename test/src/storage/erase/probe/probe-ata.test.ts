import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeAta } from '../../../../../src/storage/erase/probe/probe-ata.ts';
import { makeDisk } from '../../../../support/make-block-device.ts';
import { SimulatedAta } from '../../../../support/simulated-ata.ts';

const path = '/dev/sda';
const sanitize = { crypto: true, block: true, overwrite: false };

test('tells what the drive can do, and has changed nothing', async () => {
  const drive = new SimulatedAta({ path, sanitize, security: { enhancedMinutes: 4 } });
  assert.deepEqual(await probeAta(makeDisk(path), drive), {
    kind: 'ata',
    sanitize: { crypto: true, block: true, overwrite: false, frozen: false },
    security: {
      enabled: false,
      locked: false,
      frozen: false,
      countExpired: false,
      enhanced: true,
      normalMinutes: 60,
      enhancedMinutes: 4,
    },
    zerosAfterDiscard: true,
  });
  assert.deepEqual(drive.commands, []);
});

test('finds SANITIZE frozen', async () => {
  const drive = new SimulatedAta({ path, sanitize: { ...sanitize, frozen: true } });
  assert.equal((await probeAta(makeDisk(path), drive)).sanitize.frozen, true);
});

test('a drive with neither feature set is not asked for the state of one', async () => {
  const drive = new SimulatedAta({ path, sanitize: null, security: null });
  const probe = await probeAta(makeDisk(path), drive);
  assert.deepEqual(probe.sanitize, { crypto: false, block: false, overwrite: false, frozen: false });
  assert.equal(probe.security, null);
});

test('a drive that does not answer is an error, not a drive that can do nothing', async () => {
  const drive = new SimulatedAta({ path, sanitize, faults: { vanishes: true } });
  await drive.run({
    program: 'hdparm',
    args: ['--yes-i-know-what-i-am-doing', '--sanitize-block-erase', path],
    effect: { kind: 'device', device: path },
  });
  await assert.rejects(probeAta(makeDisk(path), drive), { name: 'ToolError' });
  const silent = async () => ({ stdout: '\n/dev/sda:\n', stderr: '', exitCode: 0 });
  await assert.rejects(probeAta(makeDisk(path), { run: silent }), { name: 'HdparmAnswerError' });
});
