import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { ProcessorName } from './qemu-arguments.ts';

export type Firmware = 'bios' | 'uefi';

/** Of Debian's packages ovmf and qemu-efi-aarch64. */
const uefi: Readonly<Record<ProcessorName, { readonly code: string; readonly emptyVariables: string }>> = {
  x86_64: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', emptyVariables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  aarch64: { code: '/usr/share/AAVMF/AAVMF_CODE.fd', emptyVariables: '/usr/share/AAVMF/AAVMF_VARS.fd' },
};

/** Arguments of QEMU. The variables of UEFI, its boot entries among them, stay in the machine's directory. */
export function firmwareArguments(firmware: Firmware, processor: ProcessorName, directory: string): readonly string[] {
  if (firmware === 'bios') return [];
  const { code, emptyVariables } = uefi[processor];
  const variables = path.join(directory, 'variables.fd');
  if (!existsSync(variables)) copyFileSync(emptyVariables, variables);
  return [
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${code}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${variables}`],
  ];
}
