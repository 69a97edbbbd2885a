/** A device, or a partition that only the table knows, that carries a superblock of RAID. */
export interface RaidMember {
  /** `/dev/sdb1`, or `partition 1 of /dev/sdb`. */
  readonly where: string;
  readonly disk: string;
  /** As the superblock has it: `name`, or `host:name`; null where it has none, or could not be read. */
  readonly arrayName: string | null;
}

/** md keeps 32 bytes of `host:name`, and leaves out a host for which there is no room (md(4), mdadm(8) --homehost). */
const nameBytes = 32;

/** True where a name out of a superblock is the volume name that an operator gave, with a host before it or without. */
export function isArrayName(arrayName: string, volumeName: string): boolean {
  const known = Buffer.from(volumeName).subarray(0, nameBytes).toString();
  return arrayName === known || arrayName.replace(/^[^:]*:/, '') === known;
}
