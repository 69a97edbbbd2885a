import type { Architecture } from '../architectures.ts';

/**
 * The command line of the kernel on the ISO. `boot_method=vmedia` makes the agent look for parameters on a floppy that Ironic
 * attaches; screen and serial line both get the console, the last one is /dev/console.
 */
export function isoArguments({ serialConsole }: Architecture, added: readonly string[]): string {
  return ['console=tty0', `console=${serialConsole}`, 'boot_method=vmedia', ...added].join(' ');
}

/** UEFI; Ironic puts its own in its place where it makes an ISO of this one. */
export function grubMenu(kernelArguments: string): string {
  return `set default=0
set timeout=1
menuentry 'Ironhand' {
  linux /boot/vmlinuz ${kernelArguments}
  initrd /boot/initramfs
}
`;
}

/** BIOS. */
export function isolinuxMenu(kernelArguments: string): string {
  return `SERIAL 0 115200
DEFAULT ironhand
PROMPT 0
TIMEOUT 10
LABEL ironhand
  KERNEL /boot/vmlinuz
  INITRD /boot/initramfs
  APPEND ${kernelArguments}
`;
}
