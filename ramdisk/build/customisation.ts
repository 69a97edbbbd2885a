/** Says what was expected and what came, and where it stands in the file of `--config`, as far as that is known. */
export class CustomisationError extends Error {
  override readonly name = 'CustomisationError';
}

/** What a ramdisk has besides its profile; see docs/ramdisk.md. Paths are absolute. */
export interface Customisation {
  /** More Debian packages, whole. */
  readonly packages: readonly string[];
  /** Packages with firmware, from Debian's non-free-firmware too. */
  readonly firmware: readonly string[];
  /** More kernel modules: folders below `kernel/` of the modules' tree, or single ones. */
  readonly modules: readonly string[];
  /** Hardware managers: files, or folders that are packages. */
  readonly managers: readonly string[];
  /** Folders laid over the root, the later over the earlier ones. */
  readonly files: readonly string[];
  /** PEM files. */
  readonly caCertificates: readonly string[];
  /** Files with public keys of those who may log in as root by ssh, which comes along. */
  readonly sshKeys: readonly string[];
  /** For the command line of the kernel on the ISO. */
  readonly kernelArguments: readonly string[];
  /** Lines of sources.list(5) in place of this machine's mirrors. */
  readonly sources: readonly string[];
}

export const noCustomisation: Customisation = {
  packages: [],
  firmware: [],
  modules: [],
  managers: [],
  files: [],
  caCertificates: [],
  sshKeys: [],
  kernelArguments: [],
  sources: [],
};
