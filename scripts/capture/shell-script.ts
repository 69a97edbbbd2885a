import { probeArgs } from '../../src/tools/blkid.ts';
import { settingsArgs } from '../../src/tools/ethtool.ts';
import { addressArgs } from '../../src/tools/ip-address.ts';
import { lan6Args, lanArgs, lanChannels } from '../../src/tools/ipmitool.ts';
import { listArgs } from '../../src/tools/lsblk.ts';
import { lscpuArgs } from '../../src/tools/lscpu.ts';

/** Programs with the arguments that the collectors give them; where they are not installed, that is captured. */
const programs: readonly (readonly string[])[] = [
  ['lscpu', ...lscpuArgs],
  ['ip', ...addressArgs],
  ['lsblk', ...listArgs()],
  ['lshw', '-quiet', '-json'],
  ['dmidecode'],
  ['lspci', '-nn', '-D'],
  ['lsusb'],
  ['uname', '-m'],
];

/** Of every BMC; without one they would only complain. */
const bmcPrograms = lanChannels.flatMap((channel) => [
  ['ipmitool', ...lanArgs(channel)],
  ['ipmitool', ...lan6Args(channel)],
]);

/** Whole files, by patterns of the shell. */
const files = [
  '/proc/cpuinfo',
  '/proc/meminfo',
  '/proc/cmdline',
  '/proc/sys/kernel/hostname',
  '/proc/net/bonding/*',
  '/proc/net/vlan/*',
  '/proc/device-tree/model',
  '/proc/device-tree/serial-number',
  '/proc/device-tree/compatible',
  '/sys/class/dmi/id/*',
  '/sys/firmware/dmi/tables/*',
  '/sys/firmware/efi/fw_platform_size',
  '/sys/devices/system/memory/block_size_bytes',
  '/sys/devices/system/memory/memory*/online',
  '/sys/devices/system/cpu/{online,possible,present}',
  '/sys/devices/system/cpu/cpu[0-9]*/{online,topology/*,cpufreq/cpuinfo_*_freq}',
  '/sys/devices/system/node/{online,possible,has_cpu,has_memory}',
  '/sys/devices/system/node/node[0-9]*/{cpulist,cpumap,distance,meminfo}',
  '/sys/bus/pci/slots/*/address',
];

/** Attributes of the devices behind these links; links among them stay links. */
const devices: readonly (readonly [devices: string, attributes: string])[] = [
  [
    '/sys/class/net/*',
    '{address,addr_assign_type,addr_len,bonding*/*,carrier,dev_id,dev_port,device,duplex,flags,ifindex,iflink,lower_*,master,mtu,operstate,phys_port_*,speed,subsystem,type,uevent,upper_*}',
  ],
  [
    '/sys/bus/pci/devices/*',
    '{acpi_index,class,device,driver,index,label,modalias,numa_node,physfn,revision,sriov_numvfs,sriov_totalvfs,subsystem,subsystem_device,subsystem_vendor,vendor,virtfn*}',
  ],
  ['/sys/bus/virtio/devices/*', '{device,driver,subsystem,uevent,vendor}'],
  [
    '/sys/bus/usb/devices/*',
    '{bConfigurationValue,bDevice*,bInterface*,bNumInterfaces,bcdDevice,busnum,devnum,devpath,driver,idProduct,idVendor,manufacturer,maxchild,product,removable,serial,speed,subsystem,version}',
  ],
  ['/sys/bus/scsi/devices/*', '{driver,model,rev,state,subsystem,type,vendor,wwid}'],
  ['/sys/class/nvme/*', '{address,cntlid,device,firmware_rev,model,numa_node,serial,subsysnqn,transport}'],
  [
    '/sys/class/block/*',
    '{alignment_offset,device,diskseq,dm/*,md/level,md/raid_disks,partition,queue/logical_block_size,queue/physical_block_size,queue/rotational,range,removable,ro,size,slaves/*,holders/*,start,subsystem,wwid}',
  ],
];

/** What only has to be there. */
const presence = ['/dev/ipmi0', '/dev/ipmi/0', '/dev/ipmidev/0', '/run/udev/control'];

/**
 * A script for the machine that is captured; it needs bash, coreutils and tar, reads only, and writes a tar file to its
 * standard output: `files` (copies of what is in sysfs, procfs and /dev), `programs` (arguments, output and exit code of each).
 */
export function captureScript(): string {
  return `#!/bin/bash
# Captures this machine for test/machines. Made by scripts/capture-machine.ts; reads only. Usage: bash capture.sh > machine.tar
set -u
shopt -s nullglob
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir "$out/files" "$out/programs"
number=0
keep() { cp --no-dereference --parents --target-directory="$out/files" -- "$@" 2>/dev/null; }
program() {
  number=$((number + 1))
  printf '%s\\0' "$@" > "$out/programs/$number.argv"
  if command -v "$1" > /dev/null; then
    timeout 60 "$@" < /dev/null > "$out/programs/$number.stdout" 2> "$out/programs/$number.stderr"
    echo $? > "$out/programs/$number.exit"
  fi
}
keep ${files.join(' ')}
${devices.map(([links, attributes]) => `for link in ${links}; do case $link in *loop[0-9]*|*/ram[0-9]*|*/zram[0-9]*) continue ;; esac; keep "$link"; at=$(readlink -f "$link"); keep "$at"/${attributes}; done`).join('\n')}
for link in /sys/bus/pci/devices/*/; do [ -d "$link/net" ] && keep "$(readlink -f "$link")"/net/*/uevent; done
keep /dev/disk/by-path/*
for path in ${presence.join(' ')}; do
  [ -e "$path" ] && mkdir -p "$out/files/\${path%/*}" && : > "$out/files$path"
done
${programs.map((argv) => `program ${argv.join(' ')}`).join('\n')}
for link in /sys/class/net/*/; do
  name=\${link%/}; name=\${name##*/}
  program ${['ethtool', ...settingsArgs('"$name"')].join(' ')}
  program udevadm info --query=property "--path=/sys/class/net/$name"
done
for link in /sys/class/block/*/; do
  name=\${link%/}; name=\${name##*/}
  case $name in ram*|loop*|zram*) continue ;; esac
  program udevadm info --query=property "--name=/dev/\${name//!//}"
  [ -e /run/udev/control ] || program ${['blkid', ...probeArgs('')].join(' ').trimEnd()} "/dev/\${name//!//}"
done
if [ -e /dev/ipmi0 ]; then
${bmcPrograms.map((argv) => `  program ${argv.join(' ')}`).join('\n')}
fi
[ -n "\${SYSTEMINFORMATION-}" ] && program node "$SYSTEMINFORMATION"
tar --create --directory="$out" files programs
`;
}
