import type { BlockDevice } from '../core/block-device.ts';
import type { InventoryDisk } from './inventory.ts';

/** A block device in the words of Ironic. */
export function blockDeviceToWire(device: BlockDevice): InventoryDisk {
  return {
    name: device.path,
    model: device.model,
    size: device.sizeBytes,
    rotational: device.rotational,
    wwn: device.wwn,
    serial: device.serial,
    vendor: device.vendor,
    wwn_with_extension: device.wwnWithExtension,
    wwn_vendor_extension: device.wwnVendorExtension,
    hctl: device.hctl,
    by_path: device.byPath,
    logical_sectors: device.logicalSectorBytes,
    physical_sectors: device.physicalSectorBytes,
    tran: device.transport,
  };
}
