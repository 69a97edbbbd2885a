import type { Config } from '../../../core/config.ts';
import type { IronicNode } from '../../../core/ironic-node.ts';
import { InvalidCommandParamsError } from '../../../errors/catalogue.ts';
import type { EraseOptions, Pass } from '../erase-options.ts';
import type { EraseArgs } from './erase-args.ts';

/** More passes than anybody has asked for in earnest. */
const mostPasses = 99;

/**
 * How disks are to be erased: arguments of the step are stronger than the node (`driver_internal_info`, which the conductor
 * fills), that is stronger than the configuration. Throws InvalidCommandParamsError, naming the key, for a value that means
 * nothing: an erase is not guessed at.
 */
export function readEraseOptions(node: IronicNode, args: EraseArgs, config: Config): EraseOptions {
  const said = node.driver_internal_info ?? {};
  return {
    passes: args.passes?.map(toPass) ?? passesOf(said),
    readBack: args.verification ?? config.eraseVerification,
    nvmeSecureErase: readToggle(said, 'agent_enable_nvme_secure_erase', true),
    ataSecureErase: readToggle(said, 'agent_enable_ata_secure_erase', true),
    allowWeaker: readToggle(
      said,
      'agent_continue_if_secure_erase_failed',
      readToggle(said, 'agent_continue_if_ata_erase_failed', false),
    ),
    skipReadOnly: readToggle(said, 'agent_erase_skip_read_only', false),
    concurrency: readNumber(said, 'disk_erasure_concurrency', { fallback: 1, least: 1, most: 1000 }),
    controllerConcurrency: config.eraseControllerConcurrency,
    method: args.method ?? null,
    dissolveArrays: args.dissolve_arrays ?? false,
    fabricDevices: args.fabric_devices ?? [],
  };
}

type Said = Readonly<Record<string, unknown>>;

function passesOf(said: Said): readonly Pass[] {
  const iterations = readNumber(said, 'agent_erase_devices_iterations', { fallback: 1, least: 0, most: mostPasses });
  const zeroize = readToggle(said, 'agent_erase_devices_zeroize', true);
  const passes: Pass[] = Array.from({ length: iterations }, () => ({ kind: 'stream' }));
  if (zeroize) passes.push({ kind: 'zeros' });
  if (passes.length > 0) return passes;
  throw new InvalidCommandParamsError(
    'driver_internal_info: agent_erase_devices_iterations is 0 and agent_erase_devices_zeroize is false: nothing would be written',
  );
}

function toPass(text: string): Pass {
  if (text === 'zeros') return { kind: 'zeros' };
  if (text === 'random') return { kind: 'stream' };
  const byte = Number.parseInt(text, 16);
  return byte === 0 ? { kind: 'zeros' } : { kind: 'pattern', byte };
}

/** Conductors send booleans; people who set them by hand write texts. */
function readToggle(said: Said, key: string, fallback: boolean): boolean {
  const value = said[key];
  if (value === undefined || value === null) return fallback;
  const text = String(value).toLowerCase();
  if (typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/.test(text))) return text === 'true';
  throw invalid(key, 'true or false', value);
}

function readNumber(
  said: Said,
  key: string,
  { fallback, least, most }: { readonly fallback: number; readonly least: number; readonly most: number },
): number {
  const value = said[key] ?? fallback;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
  throw invalid(key, `a whole number from ${least} to ${most}`, value);
}

function invalid(key: string, expected: string, found: unknown): Error {
  return new InvalidCommandParamsError(
    `driver_internal_info.${key}: expected ${expected}, found ${JSON.stringify(found)}`,
  );
}
