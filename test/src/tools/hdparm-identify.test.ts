import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HdparmAnswerError } from '../../../src/tools/hdparm.ts';
import { identifyArgs, parseIdentity, readIdentity } from '../../../src/tools/hdparm-identify.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const identityOf = (name: string) => parseIdentity(capturedOutput('hdparm', name).text);

test('asks as the captured output was asked for', () => {
  assert.deepEqual(identifyArgs('/dev/sda'), capturedOutput('hdparm', 'emulated-ssd').args);
});

test('a flash drive shows its security, its ways of sanitizing and its zeros after TRIM', () => {
  assert.deepEqual(identityOf('emulated-ssd'), {
    model: 'EMULATED DRIVE',
    security: {
      enabled: false,
      locked: false,
      frozen: false,
      countExpired: false,
      enhanced: true,
      normalMinutes: 60,
      enhancedMinutes: 2,
    },
    sanitize: { crypto: true, block: true, overwrite: true },
    zerosAfterTrim: true,
  });
});

test('a magnetic disk without enhanced erase has only the time of the normal one', () => {
  const { security, sanitize, zerosAfterTrim } = identityOf('emulated-hdd');
  assert.equal(security?.enhanced, false);
  assert.equal(security?.normalMinutes, 180);
  assert.equal(security?.enhancedMinutes, null);
  assert.deepEqual(sanitize, { crypto: false, block: false, overwrite: true });
  assert.equal(zerosAfterTrim, false);
});

for (const [name, flags] of [
  ['enabled', ['enabled']],
  ['locked', ['enabled', 'locked']],
  ['locked-maximum', ['enabled', 'locked']],
  ['frozen', ['frozen']],
  ['expired', ['enabled', 'locked', 'countExpired']],
] as const) {
  test(`a drive in the state "${name}" has these flags and no others: ${flags.join(', ')}`, () => {
    const security = identityOf(`emulated-${name}`).security;
    const all = ['enabled', 'locked', 'frozen', 'countExpired'] as const;
    assert.deepEqual(
      all.filter((flag) => security?.[flag]),
      flags,
    );
  });
}

test('a time that is only known to be more than a bound is taken for the bound', () => {
  const { security } = identityOf('emulated-longest');
  assert.deepEqual([security?.normalMinutes, security?.enhancedMinutes], [508, 65532]);
});

test('a drive that does not tell times has none', () => {
  const { security } = identityOf('emulated-no-times');
  assert.deepEqual([security?.normalMinutes, security?.enhancedMinutes], [null, null]);
});

test('a drive without the Security feature set has no security; of SANITIZE only what it has is there', () => {
  assert.equal(identityOf('emulated-block-only').security, null);
  assert.deepEqual(identityOf('emulated-block-only').sanitize, { crypto: false, block: true, overwrite: false });
});

test('the disk of QEMU has neither, and its aborted log page is no failure', () => {
  const { model, security, sanitize, zerosAfterTrim } = identityOf('identify');
  assert.deepEqual([model, security, sanitize, zerosAfterTrim], ['LabSATA', null, null, false]);
});

test('reads after TRIM that are the same each time but no zeros are not zeros', () => {
  assert.equal(identityOf('emulated-trim-not-zeros').zerosAfterTrim, false);
});

test('the drive of nothing that hdparm prints for a SCSI disk is an error, and so is nothing at all', () => {
  assert.throws(() => identityOf('identify-scsi'), HdparmAnswerError);
  assert.throws(() => identityOf('emulated-gone'), HdparmAnswerError);
});

test('a Security section that leaves out a flag is an error, not a guess', () => {
  const { text } = capturedOutput('hdparm', 'emulated-ssd');
  assert.throws(() => parseIdentity(text.replace('\tnot\tfrozen\n', '')), /does not say whether security is frozen/);
});

test('asking changes nothing', async () => {
  const { text } = capturedOutput('hdparm', 'emulated-ssd');
  await readIdentity(async ({ program, effect }) => {
    assert.deepEqual([program, effect], ['hdparm', { kind: 'read' }]);
    return { stdout: text, stderr: '', exitCode: 0 };
  }, '/dev/sda');
});
