import type { BlockDevice } from '../../../core/block-device.ts';
import type { Host } from '../../../core/job-context.ts';
import { type CommandSupport, readSupport, type ScsiCommand } from '../../../tools/sg-opcodes.ts';
import { readCapacity } from '../../../tools/sg-readcap.ts';
import { sanitizeServiceActions } from '../../../tools/sg-sanitize.ts';
import type { ScsiProbe } from '../disk-probe.ts';

const sanitizeCode = 0x48;
const formatUnit: ScsiCommand = { operationCode: 0x04 };

/**
 * Asks a SCSI disk which commands it has (REPORT SUPPORTED OPERATION CODES) and what unmapped blocks read as (READ CAPACITY). A
 * command counts only where the disk lists it, and does it to this logical unit alone. Throws ToolError where the disk does not
 * answer, is not ready (it may be sanitizing itself), or has failed to sanitize itself.
 */
export async function probeScsi({ path }: BlockDevice, { run }: Pick<Host, 'run'>): Promise<ScsiProbe> {
  const { zerosWhenUnmapped } = await readCapacity(run, path);
  const { crypto, block, overwrite } = sanitizeServiceActions;
  const has = async (command: ScsiCommand): Promise<boolean> => isOurs(await readSupport(run, path, command));
  const sanitize = {
    crypto: await has({ operationCode: sanitizeCode, serviceAction: crypto }),
    block: await has({ operationCode: sanitizeCode, serviceAction: block }),
    overwrite: await has({ operationCode: sanitizeCode, serviceAction: overwrite }),
  };
  return { kind: 'scsi', sanitize, formatUnit: await has(formatUnit), zerosAfterDiscard: zerosWhenUnmapped };
}

/** Some disks have a logical unit for each of their actuators, and erase all of them with one command. */
function isOurs(support: CommandSupport): boolean {
  return support === 'supported';
}
