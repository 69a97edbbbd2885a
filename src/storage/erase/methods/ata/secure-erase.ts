import { allocateAligned } from '../../../device-io/aligned-memory.ts';
import { readInto } from '../../../device-io/disk-target.ts';
import type { ProbedDisk } from '../../disk-probe.ts';
import type { Check, EraseMethod, EraseTarget, Support } from '../../method.ts';
import { ataProbeOf, awaitIdentity } from './drive.ts';
import { knownPasswords } from './passwords.ts';
import { runSecureErase, type SecureEraseMode } from './secure-erase-run.ts';

/** SECURITY ERASE UNIT in enhanced mode (ACS-4, 7.43): a pattern of the vendor, reallocated sectors, too. */
export const ataSecureEraseEnhanced: EraseMethod = secureErase('ata-secure-erase-enhanced', 'enhanced');

/** SECURITY ERASE UNIT in normal mode: all user sectors become binary zeros or ones. */
export const ataSecureErase: EraseMethod = secureErase('ata-secure-erase', 'normal');

function secureErase(name: 'ata-secure-erase-enhanced' | 'ata-secure-erase', mode: SecureEraseMode): EraseMethod {
  return {
    name,
    supports: (disk) => supportOf(mode, disk),
    estimate: (disk) => {
      const security = ataProbeOf(disk)?.security;
      const minutes = mode === 'enhanced' ? security?.enhancedMinutes : security?.normalMinutes;
      return minutes === null || minutes === undefined ? null : minutes * 60;
    },
    // NIST SP 800-88 Rev. 1, table A-5 (magnetic): only the enhanced mode purges; table A-8 (flash): both only clear.
    sanitization: ({ device }) => (mode === 'enhanced' && device.rotational ? 'purge' : 'clear'),
    reach: ({ device }) => [device.path],
    replay: 'once',
    cancellable: false,
    run: async (target, context) => await runSecureErase(mode, target, context),
    verify: async (target, _evidence, context) => {
      const { security } = await awaitIdentity(target.disk.device.path, context);
      const disabled: Check = {
        name: 'security-disabled',
        passed: security !== null && !security.enabled && !security.locked,
        detail: security
          ? `IDENTIFY DEVICE says: ${security.enabled ? 'enabled' : 'not enabled'}, ${security.locked ? 'locked' : 'not locked'}.`
          : 'IDENTIFY DEVICE shows no Security feature set.',
      };
      if (!disabled.passed || mode === 'enhanced' || !target.disk.device.rotational) return [disabled];
      return [disabled, await checkUniform(target)];
    },
  };
}

function supportOf(mode: SecureEraseMode, disk: ProbedDisk): Support {
  const security = ataProbeOf(disk)?.security;
  if (!security) return { kind: 'unsupported', why: 'it does not have the Security feature set of ATA' };
  if (mode === 'enhanced' && !security.enhanced) {
    return { kind: 'unsupported', why: 'its Security feature set has no enhanced erase' };
  }
  if (security.frozen) {
    return {
      kind: 'blocked',
      why: 'frozen by the firmware; suspending and resuming the machine, or cycling the power of the drive, unfreezes it',
    };
  }
  if (security.countExpired) {
    return { kind: 'blocked', why: 'it had too many wrong passwords, and takes none until its power is cycled' };
  }
  const how = `IDENTIFY DEVICE has the ${mode} SECURITY ERASE UNIT, not frozen`;
  if (!security.enabled && !security.locked) return { kind: 'supported', how };
  // Who set the password is only known when it is tried; a drive that an erase was cut off on must not stay as it is for ever.
  const state = security.locked ? 'locked' : 'with a password';
  return {
    kind: 'supported',
    how: `${how}; it is ${state}: the passwords that erases leave behind (${knownPasswords.join(', ')}) are tried first`,
  };
}

const sampleBytes = 4096;
const sampleCount = 256;

/** ACS-4 promises zeros or ones, and nothing about which; the same all over the disk is what is looked for in samples. */
async function checkUniform({ target }: EraseTarget): Promise<Check> {
  const name = 'read-back';
  const block = allocateAligned(sampleBytes);
  const places = Math.floor(target.sizeBytes / sampleBytes);
  const step = Math.max(1, Math.floor(places / sampleCount));
  let expected: number | undefined;
  let read = 0;
  for (let place = 0; place < places; place += step) {
    const offset = place * sampleBytes;
    await readInto(target, block, offset);
    expected ??= block[0];
    const wrong = block.findIndex((byte) => byte !== expected || (byte !== 0 && byte !== 0xff));
    if (wrong >= 0) {
      return {
        name,
        passed: false,
        detail: `Byte ${offset + wrong} is ${block[wrong]}; a secure erase writes zeros or ones.`,
      };
    }
    read += 1;
  }
  return {
    name,
    passed: true,
    detail: `${read} samples of ${sampleBytes} bytes are all ${expected === 0 ? 'zeros' : 'ones'}.`,
  };
}
