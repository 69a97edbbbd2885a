/** What a partition of a deployed machine is for. */
export type PartitionRole = 'efi' | 'bios-boot' | 'prep' | 'ephemeral' | 'swap' | 'config-drive' | 'root';

export type TableLabel = 'gpt' | 'msdos';

interface RoleFacts {
  /** Type GUID (UEFI specification 2.10, section 5.3.3; Discoverable Partitions Specification; GRUB manual, BIOS boot). */
  readonly gptType: string;
  readonly mbrType: number;
  /** Name in the GPT, and label of the file system or swap area where we make one. */
  readonly name: string;
}

const linuxData = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const linuxMbr = 0x83;

/**
 * Root and ephemeral have the type for any Linux data and not the one of a discoverable root: systemd mounts those without
 * being told to. Labels are those that instances of Ironic find in their fstab.
 */
export const roleFacts: Readonly<Record<PartitionRole, RoleFacts>> = {
  efi: { gptType: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b', mbrType: 0xef, name: 'efi-part' },
  'bios-boot': { gptType: '21686148-6449-6e6f-744e-656564454649', mbrType: 0xda, name: 'bios-boot' },
  prep: { gptType: '9e1a2d38-c612-4316-aa26-8b49521e5a8b', mbrType: 0x41, name: 'prep' },
  ephemeral: { gptType: linuxData, mbrType: linuxMbr, name: 'ephemeral0' },
  swap: { gptType: '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f', mbrType: 0x82, name: 'swap1' },
  'config-drive': { gptType: linuxData, mbrType: linuxMbr, name: 'config-2' },
  root: { gptType: linuxData, mbrType: linuxMbr, name: 'root' },
};

/** Roles that firmware or boot loader find by the type, so that it may not be any other. */
const firmwareRoles: readonly PartitionRole[] = ['efi', 'bios-boot', 'prep'];

/** The type of a role as sfdisk and libblkid write it: a GUID in lower case, or `0x83`. */
export function typeOf(role: PartitionRole, label: TableLabel): string {
  const { gptType, mbrType } = roleFacts[role];
  return label === 'gpt' ? gptType : `0x${mbrType.toString(16)}`;
}

/**
 * True where a partition of this type can have the role. Programs differ in what they give to data and swap, so for these any
 * type will do that no firmware looks for.
 */
export function mayHaveRole(type: string, role: PartitionRole, label: TableLabel): boolean {
  const wanted = firmwareRoles.find((candidate) => typeOf(candidate, label) === type);
  return firmwareRoles.includes(role) ? wanted === role : wanted === undefined;
}
