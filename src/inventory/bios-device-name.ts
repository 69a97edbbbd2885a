import { join } from 'node:path';
import { entryNames } from '../core/entry-names.ts';
import { readAttributeFile } from './attribute.ts';
import { pciAddress } from './pci-address.ts';

/**
 * The name that biosdevname would give: `em1` for a port on the board (the firmware numbers it: SMBIOS type 41 or ACPI _DSM),
 * `p3p1` for the first port of a card in slot 3. We read what it reads from sysfs (Documentation/ABI/testing/sysfs-bus-pci and
 * sysfs-bus-pci-slots), since Debian has no such program. null where the firmware tells neither, and for virtual functions.
 */
export function biosDeviceName(name: string, sysfs = '/sys'): string | null {
  const device = join(sysfs, 'class/net', name, 'device');
  const onBoard = readAttributeFile(join(device, 'index')) ?? readAttributeFile(join(device, 'acpi_index'));
  if (onBoard !== null) return `em${onBoard}`;
  const address = pciAddress(device);
  if (address === null || readAttributeFile(join(device, 'physfn/vendor')) !== null) return null;
  const place = address.slice(0, address.lastIndexOf('.'));
  const slot = slotAt(place, sysfs);
  const ports = networkFunctionsAt(place, sysfs);
  return slot === null ? null : `p${slot}p${ports.indexOf(address) + 1}`;
}

/** The number of the slot; 0 is what a port says that has none. */
function slotAt(place: string, sysfs: string): string | null {
  const directory = join(sysfs, 'bus/pci/slots');
  const slot = entryNames(directory).find((name) => readAttributeFile(join(directory, name, 'address')) === place);
  return slot !== undefined && /^[1-9]\d*$/.test(slot) ? slot : null;
}

function networkFunctionsAt(place: string, sysfs: string): readonly string[] {
  const directory = join(sysfs, 'class/net');
  const addresses = entryNames(directory).flatMap((name) => pciAddress(join(directory, name, 'device')) ?? []);
  return [...new Set(addresses)].filter((address) => address.startsWith(`${place}.`)).sort();
}
