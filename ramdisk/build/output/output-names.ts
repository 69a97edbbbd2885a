/** Files that a build can make, in the folder of `--out`. */
export const outputNames = [
  'vmlinuz',
  'initramfs',
  'ironhand.iso',
  'root.tar',
  'manifest.json',
  'sbom.spdx.json',
] as const;

export type OutputName = (typeof outputNames)[number];

export function isOutputName(name: string): name is OutputName {
  return (outputNames as readonly string[]).includes(name);
}
