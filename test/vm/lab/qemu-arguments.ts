import type { VirtualDisk } from './disk.ts';
import { diskArguments } from './disk-arguments.ts';
import { type Firmware, firmwareArguments } from './firmware.ts';
import { cardArguments, type NetworkCard } from './network-card.ts';

/** What a machine boots from when it is switched on. */
export type Boot =
  /** What its firmware finds on a disk: with UEFI the boot entries decide, with BIOS the disk of that id, or the first. */
  | { readonly from: 'disk'; readonly id?: string }
  /** A disc in its drive. */
  | { readonly from: 'disc'; readonly iso: string }
  | { readonly from: 'network' }
  /** The kernel is put into its memory, as no real machine can; it saves the time of a boot over the network. */
  | DirectBoot;

export interface DirectBoot {
  readonly from: 'kernel';
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
}

export type ProcessorName = 'x86_64' | 'aarch64';

export interface Hardware {
  /** Default: x86_64. The other one has no BIOS and no SATA. */
  readonly processor?: ProcessorName;
  /** Default: bios. */
  readonly firmware?: Firmware;
  /** What the ramdisk promises to do with: 1536. */
  readonly memoryMebibytes?: number;
  readonly disks?: readonly VirtualDisk[];
  readonly cards?: readonly NetworkCard[];
  /** More arguments of QEMU. */
  readonly more?: readonly string[];
}

/** `max` signs pointers by an algorithm that is slow to emulate unless it may take its own: 110 s to the first heartbeat, not 66. */
const boards: Readonly<Record<ProcessorName, readonly string[]>> = {
  x86_64: ['-machine', 'q35,graphics=off', '-cpu', 'max'],
  aarch64: ['-machine', 'virt', '-cpu', 'max,pauth-impdef=on'],
};

const discDrives: Readonly<Record<ProcessorName, { readonly adapter: readonly string[]; readonly device: object }>> = {
  x86_64: { adapter: [], device: { driver: 'ide-cd', bus: 'ide.5' } },
  aarch64: { adapter: ['-device', 'virtio-scsi-pci,id=discs'], device: { driver: 'scsi-cd', bus: 'discs.0' } },
};

/**
 * All arguments but those of the monitor and the serial line. Processors are emulated: KVM is missing where the tests run. With
 * graphics=off SeaBIOS prints on the serial line.
 */
export function qemuArguments(hardware: Hardware, boot: Boot, directory: string): readonly string[] {
  const {
    processor = 'x86_64',
    firmware = 'bios',
    memoryMebibytes = 1536,
    disks = [],
    cards = [],
    more = [],
  } = hardware;
  return [
    ...boards[processor],
    ...['-accel', 'tcg,thread=multi', '-smp', '2'],
    ...['-m', String(memoryMebibytes), '-nodefaults', '-display', 'none', '-device', 'virtio-rng-pci'],
    ...firmwareArguments(firmware, processor, directory),
    ...diskArguments(disks, directory, bootDisk(boot)),
    ...cardArguments(cards, boot.from === 'network'),
    ...more,
    ...bootArguments(boot, processor),
  ];
}

function bootDisk(boot: Boot): string | undefined {
  return boot.from === 'disk' ? boot.id : undefined;
}

function bootArguments(boot: Boot, processor: ProcessorName): readonly string[] {
  if (boot.from === 'kernel') {
    return ['-kernel', boot.kernel, '-initrd', boot.initramfs, '-append', boot.commandLine];
  }
  if (boot.from !== 'disc') return [];
  const disc = { driver: 'raw', file: { driver: 'file', filename: boot.iso }, 'read-only': true, 'node-name': 'disc' };
  const { adapter, device } = discDrives[processor];
  const drive = { ...device, id: 'drive', drive: 'disc', bootindex: 0 };
  return [...adapter, '-blockdev', JSON.stringify(disc), '-device', JSON.stringify(drive)];
}
