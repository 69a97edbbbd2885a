// The Debian packages that each purpose needs: the program (or file) that tells whether it is there, and why it is wanted.
// A file is given with its full path; a program is looked for where root's shell looks.

/** @typedef {{ readonly name: string, readonly proof: string, readonly reason: string }} DebianPackage */

/** @type {readonly DebianPackage[]} */
const run = [
  { name: 'redis-server', proof: 'redis-server', reason: 'the private queue server' },
  { name: 'util-linux', proof: 'lsblk', reason: 'lsblk, partx, wipefs, blockdev: what block devices there are' },
  { name: 'mount', proof: 'losetup', reason: 'loop devices stand in for disks' },
  { name: 'udev', proof: 'udevadm', reason: 'udevadm settle, serial numbers and WWNs' },
  { name: 'fdisk', proof: 'sfdisk', reason: 'the partition table of partition images' },
  { name: 'dosfstools', proof: 'mkfs.vfat', reason: 'the EFI system partition' },
  { name: 'e2fsprogs', proof: 'mke2fs', reason: 'ext4 file systems' },
  { name: 'efibootmgr', proof: 'efibootmgr', reason: 'UEFI boot entries' },
  { name: 'nvme-cli', proof: 'nvme', reason: 'what NVMe drives can do, and their own erase' },
  { name: 'hdparm', proof: 'hdparm', reason: 'what ATA disks can do, and their own erase' },
  { name: 'smartmontools', proof: 'smartctl', reason: 'the health of disks, for certificates' },
  { name: 'sg3-utils', proof: 'sg_sanitize', reason: 'what SCSI disks can do, and their own erase' },
  { name: 'lvm2', proof: 'lvm', reason: 'logical volumes on disks that are erased are deactivated first' },
  { name: 'dmsetup', proof: 'dmsetup', reason: 'and partitions of multipath devices removed' },
  { name: 'mdadm', proof: 'mdadm', reason: 'software RAID is stopped before its members are erased' },
  { name: 'iproute2', proof: 'ip', reason: 'the address to advertise' },
  { name: 'dmidecode', proof: 'dmidecode', reason: 'what the firmware tells of the machine, for inspections' },
  { name: 'ipmitool', proof: 'ipmitool', reason: 'the addresses of the BMC, for the inventory' },
  { name: 'ethtool', proof: 'ethtool', reason: 'the speed that a network card could have, for the inventory' },
  { name: 'tcpdump', proof: 'tcpdump', reason: 'what switches tell by LLDP, for inspections' },
  { name: 'xz-utils', proof: 'xz', reason: 'xz-compressed images' },
  { name: 'bzip2', proof: 'bzip2', reason: 'bzip2-compressed images' },
  { name: 'qemu-utils', proof: 'qemu-img', reason: 'vmdk, vhd, vhdx and vdi images; makes those of the tests' },
];

/** @type {readonly DebianPackage[]} */
const demo = [
  ...run,
  { name: 'gdisk', proof: 'sgdisk', reason: 'lays out the demo image, and judges what was written' },
  { name: 'mtools', proof: 'mcopy', reason: 'files onto a FAT image without mounting it' },
  { name: 'mmdebstrap', proof: 'mmdebstrap', reason: 'builds the Debian of the demo image' },
  { name: 'openssl', proof: 'openssl', reason: 'the check sums that the demo compares with' },
];

const curl = { name: 'curl', proof: 'curl', reason: 'types what the README says, and is a peer of the benches' };
const zstd = { name: 'zstd', proof: 'zstd', reason: 'makes zstd images' };
const kmod = {
  name: 'kmod',
  proof: 'depmod',
  reason: 'what modprobe wants to know of the kernel modules of the ramdisk',
};
const binutils = {
  name: 'binutils',
  proof: 'strip',
  reason: 'judges its programs, and takes the symbols out of Node: 18 MB',
};
const xorriso = { name: 'xorriso', proof: 'xorriso', reason: 'the ISO for virtual media' };

/** @type {readonly DebianPackage[]} */
const ramdisk = [
  {
    name: 'mmdebstrap',
    proof: 'mmdebstrap',
    reason: 'fetches the packages of the ramdisk and all that they depend on',
  },
  kmod,
  binutils,
  { name: 'binutils-aarch64-linux-gnu', proof: 'aarch64-linux-gnu-strip', reason: 'the same for the other processor' },
  { name: 'binutils-x86-64-linux-gnu', proof: 'x86_64-linux-gnu-strip', reason: 'the same from there' },
  xorriso,
  { name: 'mtools', proof: 'mcopy', reason: 'the files that UEFI starts from the ISO' },
  { name: 'dosfstools', proof: 'mkfs.vfat', reason: 'their file system' },
  zstd,
];

/** @type {readonly DebianPackage[]} */
const test = [
  ...demo,
  ...ramdisk,
  { name: 'genisoimage', proof: 'genisoimage', reason: 'makes config drives for the tests' },
  { name: 'xfsprogs', proof: 'mkfs.xfs', reason: 'file systems that files are injected into' },
  { name: 'btrfs-progs', proof: 'mkfs.btrfs', reason: 'and more of them' },
  { name: 'chromium', proof: 'chromium', reason: 'looks at the dashboard' },
  { name: 'nbdkit', proof: 'nbdkit', reason: 'disks with I/O errors, and disks that drop writes' },
  { name: 'libnbd-bin', proof: 'nbdfuse', reason: 'makes a file of such a disk, for a loop device' },
  { name: 'fuse3', proof: 'fusermount3', reason: 'unmounts that file' },
  { name: 'python3', proof: 'python3', reason: 'sends LLDP frames, which Node cannot' },
  { name: 'faketime', proof: 'faketime', reason: 'clocks that jump while an agent works' },
  { name: 'stress-ng', proof: 'stress-ng', reason: 'burn-in of processors and memory' },
  { name: 'fio', proof: 'fio', reason: 'burn-in of disks and network' },
  { name: 'qemu-system-x86', proof: 'qemu-system-x86_64', reason: 'machines that boot the ramdisk' },
  { name: 'qemu-system-arm', proof: 'qemu-system-aarch64', reason: 'and the one for the other processor' },
  { name: 'qemu-efi-aarch64', proof: '/usr/share/AAVMF/AAVMF_CODE.fd', reason: 'UEFI for the latter' },
  { name: 'ovmf', proof: '/usr/share/OVMF/OVMF_CODE_4M.fd', reason: 'UEFI for them' },
  { name: 'grub-pc-bin', proof: '/usr/lib/grub/i386-pc/boot.img', reason: 'operating systems for them boot by BIOS' },
  { name: 'grub-efi-amd64-bin', proof: '/usr/lib/grub/x86_64-efi/linux.mod', reason: 'and by UEFI' },
  { name: 'grub-common', proof: 'grub-mkimage', reason: 'puts their boot loader together' },
  { name: 'ipxe-qemu', proof: '/usr/lib/ipxe/qemu/pxe-virtio.rom', reason: 'and network cards that they boot from' },
  { name: 'ipxe', proof: '/usr/lib/ipxe/undionly.kpxe', reason: 'what firmware without iPXE boots over the network' },
  { name: 'dnsmasq-base', proof: 'dnsmasq', reason: 'DHCP and TFTP for machines that boot over the network' },
  { name: 'openipmi', proof: 'ipmi_sim', reason: 'a BMC for them' },
  { name: 'cpio', proof: 'cpio', reason: 'judges the archives of the ramdisk' },
  { name: 'openssh-client', proof: 'ssh', reason: 'host keys, as the ramdisk makes them, and logging in to it' },
  curl,
];

/** @type {readonly DebianPackage[]} */
const bench = [
  ...demo,
  zstd,
  curl,
  { name: 'nginx-light', proof: 'nginx', reason: 'serves images as fast as the disk can take them' },
];

/** @type {readonly DebianPackage[]} */
const compose = [
  ...test,
  { name: 'docker.io', proof: 'dockerd', reason: 'the containers of docker-compose.yml' },
  { name: 'docker-compose', proof: 'docker-compose', reason: 'starts them' },
];

/** Purposes of `--packages`, each with all that it needs. `none` installs the npm packages only. */
export const purposes = { none: [], run, demo, test, compose, bench, ramdisk };
