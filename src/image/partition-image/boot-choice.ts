import type { IronicNode } from '../../core/ironic-node.ts';
import type { BootMode } from '../../storage/partition/layout.ts';
import { LayoutError } from '../../storage/partition/layout-error.ts';
import type { TableLabel } from '../../storage/partition/layout-roles.ts';

type Capabilities = ReadonlyMap<string, string>;

/** The parts of a node that say how it boots. */
type BootFacts = Pick<IronicNode, 'properties' | 'instance_info' | 'driver_internal_info'>;

/**
 * How the machine will start what is deployed. Secure boot means UEFI; else what Ironic decided for the instance, what the
 * operator says of the machine, what Ironic found, in this order; where nobody says anything, as the ramdisk was started.
 * Throws LayoutError for a mode that is neither `uefi` nor `bios`.
 */
export function chooseBootMode(node: BootFacts, firmwareIsUefi: boolean): BootMode {
  const instance = capabilitiesOf(node.instance_info);
  const machine = capabilitiesOf(node.properties);
  if ([instance, machine].some((capabilities) => capabilities.get('secure_boot')?.toLowerCase() === 'true')) {
    return 'uefi';
  }
  const said = [
    node.instance_info?.deploy_boot_mode,
    machine.get('boot_mode'),
    node.driver_internal_info?.deploy_boot_mode,
  ].find(isSaid);
  const mode = said === undefined ? (firmwareIsUefi ? 'uefi' : 'bios') : String(said).toLowerCase();
  if (mode !== 'uefi' && mode !== 'bios') throw new LayoutError(`boot mode ${mode} is neither uefi nor bios`);
  return mode;
}

/** The kind of partition table: GPT for UEFI, else as the capability disk_label says, else MBR. Throws LayoutError. */
export function chooseTableLabel(node: BootFacts, bootMode: BootMode): TableLabel {
  if (bootMode === 'uefi') return 'gpt';
  const said = [node.instance_info, node.properties].map((part) => capabilitiesOf(part).get('disk_label')).find(isSaid);
  const label = said?.toLowerCase() ?? 'msdos';
  if (label !== 'gpt' && label !== 'msdos') throw new LayoutError(`disk_label ${label} is neither gpt nor msdos`);
  return label;
}

/** True for a machine of the POWER family: by the node, or where it does not say, by the processor that runs this. */
export function isPower(node: BootFacts, ownArchitecture: string): boolean {
  const said = node.properties?.cpu_arch;
  return (isSaid(said) ? String(said) : ownArchitecture).startsWith('ppc64');
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** `capabilities` of a part of the node: an object, the JSON text of one, or `name:value,name:value`. */
function capabilitiesOf(part: Readonly<Record<string, unknown>> | undefined): Capabilities {
  const given = part?.capabilities;
  if (!isSaid(given)) return new Map();
  if (typeof given === 'object') return fromObject(given ?? {});
  if (typeof given !== 'string') throw new LayoutError(`capabilities are of type ${typeof given}`);
  return given.trimStart().startsWith('{') ? fromJson(given) : fromPairs(given);
}

function fromObject(given: object): Capabilities {
  return new Map(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

function fromJson(text: string): Capabilities {
  try {
    return fromObject(JSON.parse(text) as object);
  } catch (error) {
    throw new LayoutError(`capabilities are neither JSON nor name:value pairs: ${text.slice(0, 200)}`, {
      cause: error,
    });
  }
}

/** A value may hold colons, a name may not. Throws LayoutError for a part without one. */
function fromPairs(text: string): Capabilities {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair): [string, string] => {
      const colon = pair.indexOf(':');
      if (colon < 1) throw new LayoutError(`capability ${pair.trim()} is no name:value pair`);
      return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
    }),
  );
}
