import type { Profile } from './profile.ts';
import { standard } from './standard.ts';

/** Everything but burn-in, ssh, multipath and the file systems that few images have. */
export const small: Profile = {
  ...standard,
  name: 'small',
  withoutPrograms: [...standard.withoutPrograms, 'fio', 'mkfs.btrfs', 'mkfs.xfs', 'stress-ng', 'tcpdump'],
  packages: standard.packages.filter(
    (name) => !['gdisk', 'lshw', 'multipath-tools', 'openssh-server', 'pciutils', 'sudo'].includes(name),
  ),
  files: {},
  withoutModules: [
    ...standard.withoutModules,
    'drivers/edac',
    'drivers/mmc',
    'drivers/net/ethernet/chelsio',
    'drivers/net/ethernet/qlogic',
    'drivers/scsi/bfa',
    'drivers/scsi/lpfc',
    'drivers/scsi/qla2xxx',
    'fs/btrfs',
  ],
};
