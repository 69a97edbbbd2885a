import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { JobContext } from '../core/job-context.ts';
import { CommandExecutionError, SafetyLatchError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { writeRootOnly } from '../queue/root-only-file.ts';
import { rescuePasswordHash } from './rescue-password.ts';
import { type RescuePlace, rescuePlace } from './rescue-place.ts';

interface RescueRequest {
  readonly password: string;
  readonly hashed: boolean;
}

/**
 * Hands the machine to its user: writes the hash of the password where the ramdisk waits for it, root-only, and then the marker
 * by which no agent serves here again. A marker that cannot be written is only told in the log, as the api knows by itself for the
 * rest of this boot. Throws SafetyLatchError outside a ramdisk unless `rescue_dir` is given, InvalidCommandParamsError for a bad
 * password, CommandExecutionError where it cannot be written.
 */
export function finalizeRescue(
  { password, hashed }: RescueRequest,
  { config, latch, log }: Pick<JobContext, 'config' | 'latch' | 'log'>,
): void {
  const place = rescuePlace({ rescueDir: config.rescueDir, insideRamdisk: latch.open });
  if (place === null) {
    throw new SafetyLatchError(
      'refused to set a rescue password: outside a ramdisk the accounts of this machine are not ours; --rescue-dir names a ' +
        'directory for it instead',
    );
  }
  const hash = rescuePasswordHash(password, hashed);
  if (config.rescueDir !== null) requireDirectory(config.rescueDir);
  writePassword(place, hash);
  log.info({ file: place.passwordFile, hashed_by: hashed ? 'conductor' : 'agent' }, 'rescue password written');
  try {
    writeRootOnly(place.marker, '');
  } catch (error) {
    log.warn(
      { marker: place.marker, reason: errorText(error) },
      'the marker of a rescued machine could not be written',
    );
  }
}

/** Whoever names a directory has made it; a wrong name must not become a new one. */
function requireDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new CommandExecutionError(`rescue_dir: expected a directory, found none at ${directory}`);
}

function writePassword({ passwordFile }: RescuePlace, hash: string): void {
  try {
    mkdirSync(path.dirname(passwordFile), { recursive: true, mode: 0o700 });
    writeRootOnly(passwordFile, hash);
  } catch (error) {
    throw new CommandExecutionError(`the rescue password could not be written: ${errorText(error)}`, { cause: error });
  }
}
