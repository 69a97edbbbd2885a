import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';

export type Firmware = 'bios' | 'uefi';

/** Of Debian's package ovmf. */
const code = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const emptyVariables = '/usr/share/OVMF/OVMF_VARS_4M.fd';

/** Arguments of QEMU. The variables of UEFI, its boot entries among them, stay in the machine's directory. */
export function firmwareArguments(firmware: Firmware, directory: string): readonly string[] {
  if (firmware === 'bios') return [];
  const variables = path.join(directory, 'variables.fd');
  if (!existsSync(variables)) copyFileSync(emptyVariables, variables);
  return [
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${code}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${variables}`],
  ];
}
