/** What differs between processors: names by Debian, by the UEFI specification (3.5.1.1) and by the Discoverable Partitions one. */
export interface Architecture {
  readonly kernelPackage: string;
  /** Loader in the package systemd-boot-efi. */
  readonly systemdBoot: string;
  /** The path that firmware tries on a disk without a boot entry, below /EFI/BOOT. */
  readonly removableLoader: string;
  /** Code of sgdisk for the type of the root partition. */
  readonly rootType: string;
  readonly serialConsole: string;
}

const architectures: Readonly<Record<string, Architecture>> = {
  x64: {
    kernelPackage: 'linux-image-cloud-amd64',
    systemdBoot: 'systemd-bootx64.efi',
    removableLoader: 'BOOTX64.EFI',
    rootType: '8304',
    serialConsole: 'ttyS0,115200',
  },
  arm64: {
    kernelPackage: 'linux-image-cloud-arm64',
    systemdBoot: 'systemd-bootaa64.efi',
    removableLoader: 'BOOTAA64.EFI',
    rootType: '8305',
    serialConsole: 'ttyAMA0,115200',
  },
};

export function thisArchitecture(): Architecture {
  const found = architectures[process.arch];
  if (!found)
    throw new Error(`no demo image for ${process.arch}: expected one of ${Object.keys(architectures).join(', ')}`);
  return found;
}
