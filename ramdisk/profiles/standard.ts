import { moduleGroups, withoutModules } from './modules.ts';
import { alwaysLeftOut, systemPackages } from './packages.ts';
import type { Profile } from './profile.ts';
import { ssh } from './ssh.ts';

/** All that the commands need. */
export const standard: Profile = {
  name: 'standard',
  withoutPrograms: [
    'hardware-detect', // no package of Debian 12
    'ntpdate', // chronyd sets the clock
    'podman', // 120 MB with what it needs: by the configuration file, for who deploys bootable containers
  ],
  packages: [...systemPackages, ...ssh.packages, 'gdisk', 'lshw', 'multipath-tools', 'pciutils', 'sudo'],
  files: ssh.files,
  modules: Object.values(moduleGroups).flat(),
  withoutModules,
  leftOut: [
    ...alwaysLeftOut,
    // Repair and copies of file systems are not ours; xfs_scrub would bring 38 MB of ICU.
    /^usr\/s?bin\/(xfs_(?!info|growfs|repair|admin|db).*|btrfs-.*|btrfstune|btrfsck|fsck\.btrfs)$/,
    /^usr\/sbin\/(ipmievd|smartd|lvmpolld|dmeventd)$/,
    /^usr\/bin\/(qemu-(?!img).*|resolvectl|x86_64|i386|lto-dump)$/,
    /^usr\/sbin\/qemu-.*$/,
  ],
};
