import type { BootMedium } from '../../boot-medium.ts';
import type { HolderFacts } from '../../holders/holder-facts.ts';
import type { RaidMember } from '../../raid-members.ts';

/** What is known of a machine beyond the list of its devices, when the disks to be erased are chosen. */
export interface TargetFacts {
  /** Of all devices of the list. */
  readonly holders: HolderFacts;
  /** Everything that carries a superblock of RAID, whether its array runs or not. */
  readonly members: readonly RaidMember[];
  readonly bootMedia: readonly BootMedium[];
}
