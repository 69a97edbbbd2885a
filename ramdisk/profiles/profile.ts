/** What a ramdisk is made of. The programs that src/tools needs are not listed here: they come by themselves. */
export interface Profile {
  readonly name: string;
  /** Programs that src/tools can do without, and that this profile does without. */
  readonly withoutPrograms: readonly string[];
  /** Debian packages besides those of the programs: each whole, and of what it depends on the libraries that it loads. */
  readonly packages: readonly string[];
  /** Of these packages only these files. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Folders below `kernel/` of the modules' tree, or single modules; what they depend on comes along. */
  readonly modules: readonly string[];
  /** Modules that lie in such a folder and stay out, unless another one depends on them. */
  readonly withoutModules: readonly string[];
  /** Paths that no ramdisk of this profile has. */
  readonly leftOut: readonly RegExp[];
}
