/** A release of Ironic that Debian packages, and what tells it from others. */
export interface IronicRelease {
  /** As people call it. */
  readonly name: '21.4' | '39.0';
  /** The release of Debian that has it. */
  readonly suite: 'bookworm' | 'sid';
  /** Packages besides Ironic itself. */
  readonly packages: readonly string[];
  /** Where the entry points are: `ironic.cmd` was renamed. */
  readonly entryPoints: 'ironic.cmd' | 'ironic.command';
  readonly inspectInterfaces: string;
  /** Lines of [DEFAULT] that older releases do not know. */
  readonly settings: readonly string[];
}

/** The oldest that we promise to work with, from Debian 12. It inspects with ironic-inspector only. */
export const oldestIronic: IronicRelease = {
  name: '21.4',
  suite: 'bookworm',
  packages: ['python3-ironic-inspector'],
  entryPoints: 'ironic.cmd',
  inspectInterfaces: 'no-inspect,inspector',
  settings: [],
};

/** The newest that Debian has; sid moves on, and what it has then is said in the result. */
export const newestIronic: IronicRelease = {
  name: '39.0',
  suite: 'sid',
  packages: [],
  entryPoints: 'ironic.command',
  inspectInterfaces: 'no-inspect,agent',
  settings: ['enabled_firmware_interfaces = no-firmware,fake'],
};
