import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SimulatedAta } from './simulated-ata.ts';
import { capturedAnswer, identifyText } from './simulated-ata-text.ts';

const path = '/dev/sda';
const ssd = {
  path,
  rotational: false,
  sanitize: { crypto: true, block: true, overwrite: true },
  zerosAfterTrim: true,
} as const;
const security = {
  enabled: false,
  locked: false,
  frozen: false,
  countExpired: false,
  enhanced: true,
  normalMinutes: 60,
  enhancedMinutes: 2,
} as const;

suite('the simulated ATA drive', () => {
  for (const [name, state] of [
    ['ssd', { ...ssd, security }],
    ['enabled', { ...ssd, security: { ...security, enabled: true } }],
    ['locked', { ...ssd, security: { ...security, enabled: true, locked: true } }],
    ['frozen', { ...ssd, security: { ...security, frozen: true } }],
    ['expired', { ...ssd, security: { ...security, enabled: true, locked: true, countExpired: true } }],
    ['no-times', { ...ssd, security: { ...security, normalMinutes: null, enhancedMinutes: null } }],
    [
      'hdd',
      {
        path,
        rotational: true,
        sanitize: { crypto: false, block: false, overwrite: true },
        zerosAfterTrim: false,
        security: { ...security, enhanced: false, normalMinutes: 180, enhancedMinutes: null },
      },
    ],
  ] as const) {
    test(`prints in the state "${name}" to the byte what the real hdparm printed`, () => {
      assert.equal(identifyText(state), capturedAnswer(name, { path }).stdout);
    });
  }

  test('is locked by a power cycle while it has a password', async () => {
    const drive = new SimulatedAta({ path, security: { enabled: true, password: 'x' } });
    drive.powerCycle();
    assert.equal(drive.security?.locked, true);
  });
});
