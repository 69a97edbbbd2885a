/**
 * Something that uses a disk and is taken down before the disk is erased, by name of the device that goes away or is let go.
 * `disks` are the disks to be erased on which it lies, and it lies on no other.
 */
export type ReleaseAction =
  /** swapoff(8) */
  | { readonly kind: 'swap-off'; readonly device: string; readonly disks: readonly string[] }
  /** A device-mapper device of LVM: its logical volume is deactivated (lvchange(8)); `parts` are hidden volumes that go with it. */
  | {
      readonly kind: 'deactivate-volume';
      readonly device: string;
      /** `group/volume` */
      readonly volume: string;
      readonly parts: readonly string[];
      readonly disks: readonly string[];
    }
  /** A partition that kpartx(8) made, of a multipath device: its mapping is removed (dmsetup(8)), nothing is written. */
  | {
      readonly kind: 'remove-mapping';
      readonly device: string;
      readonly name: string;
      readonly disks: readonly string[];
    }
  /** mdadm(8) --stop */
  | { readonly kind: 'stop-array'; readonly device: string; readonly disks: readonly string[] };
