import type { LogProgram } from './program-source.ts';

const mebibyte = 1024 * 1024;

/** The journal of this boot, where there is one. Newest first: what is cut, by size or by time, is what is oldest. */
export const journal: LogProgram = {
  member: 'journal',
  program: 'journalctl',
  args: ['--full', '--no-pager', '--boot', '--quiet', '--reverse'],
  package: 'systemd',
  timeoutSeconds: 20,
  limitBytes: 64 * mebibyte,
  newestFirst: true,
};

/** Names are those of ironic-python-agent where it has the same. */
export const logPrograms: readonly LogProgram[] = [
  { member: 'dmesg', program: 'dmesg', args: ['--ctime'], package: 'util-linux', limitBytes: 8 * mebibyte },
  { member: 'lsblk', program: 'lsblk', args: ['--all'], package: 'util-linux' },
  {
    member: 'lsblk-full',
    program: 'lsblk',
    args: ['--all', '--bytes', '--json', '--output-all'],
    package: 'util-linux',
  },
  { member: 'mount', program: 'mount', args: [], package: 'mount' },
  { member: 'df', program: 'df', args: ['--all', '--block-size=1'], package: 'coreutils' },
  { member: 'ps', program: 'ps', args: ['aux'], package: 'procps' },
  { member: 'ip_addr', program: 'ip', args: ['addr'], package: 'iproute2' },
  { member: 'ip_route', program: 'ip', args: ['route'], package: 'iproute2' },
  { member: 'iptables', program: 'iptables', args: ['--list', '--numeric'], package: 'iptables' },
  { member: 'efibootmgr', program: 'efibootmgr', args: ['-v'], package: 'efibootmgr' },
  { member: 'multipath', program: 'multipath', args: ['-ll'], package: 'multipath-tools' },
  { member: 'parted', program: 'parted', args: ['--script', '--list'], package: 'parted' },
  { member: 'lspci', program: 'lspci', args: ['-nnk'], package: 'pciutils' },
  { member: 'udev-db', program: 'udevadm', args: ['info', '--export-db'], package: 'udev', limitBytes: 8 * mebibyte },
  { member: 'lshw', program: 'lshw', args: ['-quiet', '-json'], package: 'lshw', timeoutSeconds: 15 },
];

/** Files that tell how the machine is. */
export const logFiles: readonly { readonly member: string; readonly path: string }[] = [
  { member: 'mdstat', path: '/proc/mdstat' },
  { member: 'meminfo', path: '/proc/meminfo' },
  { member: 'partitions', path: '/proc/partitions' },
];

/** Where logs are without a journal. */
export const logDirectory = '/var/log';
