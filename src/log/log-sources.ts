/** A program whose output tells how the machine is. All of them only read. */
export interface LogProgram {
  /** Name of the file in the archive; those of ironic-python-agent where it has the same. */
  readonly member: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Default: 10. */
  readonly timeoutSeconds?: number;
}

/** The journal of this boot, where there is one. */
export const journal: LogProgram = {
  member: 'journal',
  program: 'journalctl',
  args: ['--full', '--no-pager', '--boot', '--quiet', '--lines=100000'],
  timeoutSeconds: 20,
};

export const logPrograms: readonly LogProgram[] = [
  { member: 'dmesg', program: 'dmesg', args: ['--ctime'] },
  { member: 'lsblk', program: 'lsblk', args: ['--all'] },
  { member: 'lsblk-full', program: 'lsblk', args: ['--all', '--bytes', '--json', '--output-all'] },
  { member: 'mount', program: 'mount', args: [] },
  { member: 'df', program: 'df', args: ['--all', '--block-size=1'] },
  { member: 'ps', program: 'ps', args: ['aux'] },
  { member: 'ip_addr', program: 'ip', args: ['addr'] },
  { member: 'ip_route', program: 'ip', args: ['route'] },
  { member: 'iptables', program: 'iptables', args: ['--list', '--numeric'] },
  { member: 'efibootmgr', program: 'efibootmgr', args: ['-v'] },
  { member: 'udev', program: 'udevadm', args: ['info', '--export-db'] },
  { member: 'multipath', program: 'multipath', args: ['-ll'] },
  { member: 'lspci', program: 'lspci', args: ['-nnk'] },
  { member: 'lshw', program: 'lshw', args: ['-quiet', '-json'], timeoutSeconds: 20 },
];

/** Files that tell how the machine is. */
export const logFiles: readonly { readonly member: string; readonly path: string }[] = [
  { member: 'mdstat', path: '/proc/mdstat' },
  { member: 'meminfo', path: '/proc/meminfo' },
  { member: 'partitions', path: '/proc/partitions' },
];

/** Where logs are without a journal. */
export const logDirectory = '/var/log';
