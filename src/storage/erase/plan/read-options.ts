import type { Config } from '../../../core/config.ts';
import type { IronicNode } from '../../../core/ironic-node.ts';
import { type NodeOptions, nodeOptions } from '../../../core/node-options.ts';
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
  const said = nodeOptions('driver_internal_info', node);
  return {
    passes: args.passes?.map(toPass) ?? passesOf(said),
    readBack: args.verification ?? config.eraseVerification,
    nvmeSecureErase: said.toggle('agent_enable_nvme_secure_erase', true),
    ataSecureErase: said.toggle('agent_enable_ata_secure_erase', true),
    allowWeaker: said.toggle(
      'agent_continue_if_secure_erase_failed',
      said.toggle('agent_continue_if_ata_erase_failed', false),
    ),
    skipReadOnly: said.toggle('agent_erase_skip_read_only', false),
    concurrency: said.wholeNumber('disk_erasure_concurrency', { fallback: 1, least: 1, most: 1000 }),
    controllerConcurrency: config.eraseControllerConcurrency,
    method: args.method ?? null,
    dissolveArrays: args.dissolve_arrays ?? false,
    fabricDevices: args.fabric_devices ?? [],
  };
}

function passesOf(said: NodeOptions): readonly Pass[] {
  const iterations = said.wholeNumber('agent_erase_devices_iterations', { fallback: 1, least: 0, most: mostPasses });
  const zeroize = said.toggle('agent_erase_devices_zeroize', true);
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
