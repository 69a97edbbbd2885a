/** Something that uses a disk and is taken down before the disk is erased, by name of the device that goes away or is let go. */
export type ReleaseAction =
  /** swapoff(8) */
  | { readonly kind: 'swap-off'; readonly device: string }
  /** A device-mapper device of LVM: its logical volume is deactivated (lvchange(8)). */
  | { readonly kind: 'deactivate-volume'; readonly device: string; readonly volume: string }
  /** mdadm(8) --stop */
  | { readonly kind: 'stop-array'; readonly device: string };
