import path from 'node:path';
import type { DiskBus, VirtualDisk } from './disk.ts';

/** QEMU's names for the devices of a bus. */
interface BusDriver {
  readonly device: string;
  readonly adapter?: string;
  /** Where one of these hangs: behind a port of its own, which is what makes a PCI device one that can be pulled; or on an adapter. */
  readonly place: 'port' | 'adapter' | 'sata';
  /** Names of the properties that have model and vendor. */
  readonly model?: string;
  readonly vendor?: string;
}

const busDrivers: Readonly<Record<DiskBus, BusDriver>> = {
  virtio: { device: 'virtio-blk-pci', place: 'port' },
  nvme: { device: 'nvme', place: 'port' },
  sata: { device: 'ide-hd', place: 'sata', model: 'model' },
  scsi: { device: 'scsi-hd', place: 'adapter', adapter: 'virtio-scsi-pci', model: 'product', vendor: 'vendor' },
  sas: { device: 'scsi-hd', place: 'adapter', adapter: 'mptsas1068', model: 'product', vendor: 'vendor' },
  megaraid: { device: 'scsi-hd', place: 'adapter', adapter: 'megasas-gen2', model: 'product', vendor: 'vendor' },
  usb: { device: 'usb-storage', place: 'adapter', adapter: 'qemu-xhci' },
};

type QemuObject = Readonly<Record<string, unknown>>;

/** Arguments of QEMU for the disks of one machine, whose bytes are in the directory. With BIOS it boots from the one that is named. */
export function diskArguments(disks: readonly VirtualDisk[], directory: string, boot?: string): readonly string[] {
  const adapters = new Map(disks.flatMap(adapterOf));
  const shared = new Set(disks.flatMap(({ id, sameAs }) => (sameAs === undefined ? [] : [id, sameAs])));
  const sata = disks.filter(({ bus }) => bus === 'sata');
  return [
    ...[...adapters].flatMap(([id, driver]) => device({ driver, id })),
    ...disks.flatMap((disk, index) => [
      ...(busDrivers[disk.bus].place === 'port'
        ? device({ driver: 'pcie-root-port', id: `${disk.id}-port`, chassis: index + 1 })
        : []),
      ...limit(disk),
      ...given('-blockdev', blockDevice(disk, directory, shared.has(disk.id))),
      ...device({
        ...diskDevice(disk),
        bus: placeOf(disk, sata.indexOf(disk)),
        ...(shared.has(disk.id) ? { 'share-rw': true } : {}),
        ...(disk.id === boot ? { bootindex: 1 } : {}),
      }),
    ]),
  ];
}

/** The name of the file with the bytes of a disk, in the machine's directory. */
export function diskFile(disk: VirtualDisk): string {
  return `${disk.sameAs ?? disk.id}.img`;
}

/** The file that makes sectors bad, and its content as the block driver blkdebug has it; null where none are. */
export function blkdebugFile({ id, badSectors }: VirtualDisk): { readonly name: string; readonly text: string } | null {
  if (!badSectors) return null;
  const { reads = [], writes = [] } = badSectors;
  const rule = (event: string) => (sector: number) =>
    `[inject-error]\nevent = "${event}"\nerrno = "5"\nsector = "${sector}"\n`;
  const rules = [...reads.map(rule('read_aio')), ...writes.map(rule('write_aio'))];
  return { name: `${id}.blkdebug`, text: rules.join('\n') };
}

function given(option: string, object: QemuObject): readonly string[] {
  return [option, JSON.stringify(object)];
}

/** JSON would want a WWN as a number, and JavaScript's numbers end at 53 bits. */
function device({ driver, ...properties }: QemuObject): readonly string[] {
  const text = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
  const given = Object.entries(properties).map(([name, value]) => `${name}=${text(value).replaceAll(',', ',,')}`);
  return ['-device', [driver, ...given].join(',')];
}

function adapterOf({ bus, adapter = 0 }: VirtualDisk): readonly (readonly [string, string])[] {
  const driver = busDrivers[bus].adapter;
  return driver === undefined ? [] : [[`${bus}${adapter}`, driver]];
}

function placeOf({ id, bus, adapter = 0 }: VirtualDisk, sataPort: number): string {
  const { place } = busDrivers[bus];
  if (place === 'port') return `${id}-port`;
  return place === 'sata' ? `ide.${sataPort}` : `${bus}${adapter}.0`;
}

function limit({ id, bytesPerSecond }: VirtualDisk): readonly string[] {
  if (bytesPerSecond === undefined) return [];
  const limits = { 'bps-total': bytesPerSecond };
  return given('-object', { 'qom-type': 'throttle-group', id: `${id}-limit`, limits });
}

/** The layer of the format has to be above blkdebug, or no error ever comes. */
function blockDevice(disk: VirtualDisk, directory: string, isShared: boolean): QemuObject {
  const { id, isReadOnly = false, unmaps = true, bytesPerSecond } = disk;
  const blkdebug = blkdebugFile(disk);
  const access = { 'read-only': isReadOnly, ...(unmaps ? { discard: 'unmap' } : {}) };
  const filename = path.join(directory, diskFile(disk));
  const file = { driver: 'file', filename, ...access, ...(isShared ? { locking: 'off' } : {}) };
  const bytes = blkdebug ? { driver: 'blkdebug', config: path.join(directory, blkdebug.name), image: file } : file;
  const raw = { driver: 'raw', file: bytes, ...access, ...(unmaps ? { 'detect-zeroes': 'unmap' } : {}) };
  const named = { 'node-name': `${id}-disk` };
  return bytesPerSecond === undefined
    ? { ...raw, ...named }
    : { driver: 'throttle', 'throttle-group': `${id}-limit`, file: raw, ...access, ...named };
}

function diskDevice(disk: VirtualDisk): QemuObject {
  const { id, bus, serial = id.toUpperCase(), sectorBytes, wwn, rotationRate, badSectors, model, vendor } = disk;
  const driver = busDrivers[bus];
  const sector = sectorBytes && { logical_block_size: sectorBytes, physical_block_size: sectorBytes };
  const optional = {
    ...(wwn === undefined ? {} : { wwn }),
    ...(model !== undefined && driver.model !== undefined ? { [driver.model]: model } : {}),
    ...(vendor !== undefined && driver.vendor !== undefined ? { [driver.vendor]: vendor } : {}),
    ...(rotationRate === undefined ? {} : { rotation_rate: rotationRate }),
    ...(badSectors ? { werror: 'report', rerror: 'report' } : {}),
  };
  return { driver: driver.device, id, drive: `${id}-disk`, serial, ...sector, ...optional, ...disk.device };
}
