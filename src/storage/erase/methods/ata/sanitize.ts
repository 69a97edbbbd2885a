import type { SanitizeKind } from '../../../../tools/hdparm-sanitize.ts';
import { readSanitizeStatus } from '../../../../tools/hdparm-sanitize.ts';
import type { EraseMethod, Sanitization } from '../../method.ts';
import { ataProbeOf } from './drive.ts';
import { runAtaSanitize } from './sanitize-run.ts';

/** CRYPTO SCRAMBLE EXT (ACS-4, 7.36): the keys of all user data are changed. */
export const ataSanitizeCrypto: EraseMethod = sanitize('ata-sanitize-crypto', 'crypto');

/** BLOCK ERASE EXT: flash blocks are erased, spare ones too. */
export const ataSanitizeBlock: EraseMethod = sanitize('ata-sanitize-block', 'block');

/** OVERWRITE EXT: one pass of zeros, reallocated sectors too. */
export const ataSanitizeOverwrite: EraseMethod = sanitize('ata-sanitize-overwrite', 'overwrite');

/** Of a magnetic disk, inside the drive; nobody tells, and it is only for an estimate. */
const assumedBytesPerSecond = 150_000_000;

const commandNames: Readonly<Record<SanitizeKind, string>> = {
  crypto: 'CRYPTO SCRAMBLE EXT',
  block: 'BLOCK ERASE EXT',
  overwrite: 'OVERWRITE EXT',
};

function sanitize(
  name: 'ata-sanitize-crypto' | 'ata-sanitize-block' | 'ata-sanitize-overwrite',
  kind: SanitizeKind,
): EraseMethod {
  return {
    name,
    supports: (disk) => {
      const probe = ataProbeOf(disk);
      if (!probe?.sanitize[kind]) return { kind: 'unsupported', why: `IDENTIFY DEVICE has no ${commandNames[kind]}` };
      if (probe.sanitize.frozen) {
        return { kind: 'blocked', why: 'its SANITIZE feature set is frozen by the firmware until its power is cycled' };
      }
      if (probe.security?.locked) return { kind: 'blocked', why: 'it is locked with a password' };
      return { kind: 'supported', how: `IDENTIFY DEVICE has ${commandNames[kind]}, not frozen` };
    },
    estimate: ({ device }) => (kind === 'overwrite' ? Math.ceil(device.sizeBytes / assumedBytesPerSecond) : null),
    sanitization: ({ device }) => sanitizationOf(kind, device.rotational),
    reach: ({ device }) => [device.path],
    replay: 'reattach',
    cancellable: false,
    run: async ({ disk }, context) => await runAtaSanitize(kind, disk.device.path, context),
    verify: async ({ disk }, _evidence, { run }) => {
      const status = await readSanitizeStatus(run, disk.device.path);
      const passed = (status.kind === 'idle' || status.kind === 'frozen') && status.completed;
      const detail = `SANITIZE STATUS EXT says: ${passed ? 'the last one completed without error' : JSON.stringify(status)}.`;
      return [{ name: 'sanitize-status', passed, detail }];
    },
  };
}

/**
 * NIST SP 800-88 Rev. 1: table A-5 lists overwrite and crypto scramble as purge for magnetic disks, table A-8 block erase and
 * crypto scramble for flash. What a table does not list for a kind of disk only counts as clear.
 */
function sanitizationOf(kind: SanitizeKind, rotational: boolean): Sanitization {
  if (kind === 'crypto') return 'purge';
  return (kind === 'overwrite') === rotational ? 'purge' : 'clear';
}
