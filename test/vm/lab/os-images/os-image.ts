import path from 'node:path';

/** An operating system that a flow deploys. It says LAB-OS-BOOT-OK on ttyS0 when it runs; `parseBootReport` reads that line. */
export interface OsImage {
  /** A whole disk that BIOS and UEFI both boot, with GPT. */
  readonly raw: string;
  readonly qcow2: string;
  /** The root file system alone: a partition image. */
  readonly root: string;
  readonly rootUuid: string;
  /**
   * Starts that root, wherever it is, when it lies at EFI/BOOT/BOOTX64.EFI: what a partition image lacks to be booted by UEFI, since
   * the agent makes an empty EFI system partition (inject_files can put it there).
   */
  readonly efiLoader: string;
  readonly kernel: string;
  readonly initramfs: string;
}

export function osImageIn(folder: string, rootUuid: string): OsImage {
  const at = (name: string): string => path.join(folder, name);
  return {
    raw: at('disk.raw'),
    qcow2: at('disk.qcow2'),
    root: at('root.img'),
    rootUuid,
    efiLoader: at('bootx64.efi'),
    kernel: at('vmlinuz'),
    initramfs: at('initramfs'),
  };
}
