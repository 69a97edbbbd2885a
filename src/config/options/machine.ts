import { defineOption } from '../option.ts';
import { listOf, optionalPath, path, seconds, toggle, wholeNumber } from '../option-types.ts';

/** Options about the machine that the agent works on, and about its own processes. */
export const machineOptions = {
  devices: defineOption({
    name: 'devices',
    kernelParameter: null,
    type: listOf(/^\/dev\/[^\s\0]+$/, 'device paths below /dev, separated by commas'),
    default: [],
    help: 'The only block devices that may be touched outside a ramdisk.',
  }),
  insideRamdisk: defineOption({
    name: 'ramdisk',
    kernelParameter: null,
    environmentOnly: true,
    type: toggle,
    default: false,
    help: 'The machine is ours: its disks may be erased and its power switched. Set only by the unit in the ramdisk.',
  }),
  stateDir: defineOption({
    name: 'state_dir',
    kernelParameter: null,
    type: path,
    default: '/run/ironhand',
    help: 'Directory for what must outlive a process but not a reboot.',
  }),
  bootIdFile: defineOption({
    name: 'boot_id_file',
    kernelParameter: null,
    type: path,
    default: '/proc/sys/kernel/random/boot_id',
    help: 'File that tells one boot from the next; state that was kept in another boot is forgotten.',
  }),
  redisSocket: defineOption({
    name: 'redis_socket',
    kernelParameter: null,
    type: optionalPath,
    default: null,
    help: 'Unix socket of a Redis that is running already; by default a private one is started.',
  }),
  hardwareManagerDir: defineOption({
    name: 'hardware_manager_dir',
    kernelParameter: null,
    type: path,
    default: '/etc/ironhand/hardware-managers.d',
    help: 'Directory with hardware managers, one file each.',
  }),
  hardwareInitializationDelaySeconds: defineOption({
    name: 'hardware_initialization_delay',
    kernelParameter: 'ipa-hardware-initialization-delay',
    type: seconds(0),
    default: 0,
    help: 'Seconds to wait for slow hardware before anything else.',
  }),
  diskWaitAttempts: defineOption({
    name: 'disk_wait_attempts',
    kernelParameter: 'ipa-disk-wait-attempts',
    type: wholeNumber(0),
    default: 10,
    help: 'How often to look for a disk to deploy to.',
  }),
  diskWaitDelaySeconds: defineOption({
    name: 'disk_wait_delay',
    kernelParameter: 'ipa-disk-wait-delay',
    type: seconds(0),
    default: 3,
    help: 'Seconds between two looks for a disk.',
  }),
  guardSpecialFilesystems: defineOption({
    name: 'guard_special_filesystems',
    kernelParameter: 'ipa-guard-special-filesystems',
    type: toggle,
    default: true,
    help: 'Refuse to erase disks that hold a shared file system (VMFS, GPFS, GFS2).',
  }),
  ignoreBootloaderFailure: defineOption({
    name: 'ignore_bootloader_failure',
    kernelParameter: 'ipa-ignore-bootloader-failure',
    type: toggle,
    default: false,
    help: 'Go on when the boot loader cannot be set up.',
  }),
  debug: defineOption({
    name: 'debug',
    kernelParameter: 'ipa-debug',
    kernelBeatsFiles: true,
    type: toggle,
    default: false,
    help: 'Log in detail.',
  }),
};
