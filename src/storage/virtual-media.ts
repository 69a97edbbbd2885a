import type { BlockDevice } from '../core/block-device.ts';

/** The floppy image by which Ironic hands parameters to the ramdisk. */
const parameterLabels = ['ir-vfd-dev'];
const virtualModel = /virtual\s*(cd|dvd|floppy|h?disk|media)|lcdrive/i;

/** Why a device is a medium that the management controller lends for booting, not a disk of the machine; null if it is not. */
export function virtualMediaReason(device: BlockDevice, labels: readonly string[]): string | null {
  const label = labels.find((candidate) => parameterLabels.includes(candidate.toLowerCase()));
  if (label !== undefined) return `it is virtual media of Ironic (label ${label})`;
  const model = [device.vendor, device.model].filter(Boolean).join(' ');
  if (device.transport === 'usb' && virtualModel.test(model)) return `it is virtual media (${model})`;
  return null;
}
