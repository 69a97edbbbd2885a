/** What ironic-python-agent can be told and Ironhand has no use for. It is accepted, with a warning that says why. */
export interface OptionWithoutEffect {
  /** Section and name in INI files; null for what is a kernel parameter only. */
  readonly option: { readonly group: string; readonly name: string } | null;
  readonly kernelParameter: string | null;
  /** Why it has no effect here: follows "has no effect in Ironhand:". */
  readonly reason: string;
}

function inFiles(group: string, names: readonly string[], reason: string): OptionWithoutEffect[] {
  return names.map((name) => ({ option: { group, name }, kernelParameter: null, reason }));
}

const noContainers = 'it runs no steps in containers';
const noMetrics = 'it sends no metrics, which are deprecated in ironic-python-agent';
const readsTheDisk = 'it reads a partition table from the disk itself, after the kernel and udev were waited for';

export const optionsWithoutEffect: readonly OptionWithoutEffect[] = [
  ...inFiles(
    'DEFAULT',
    ['enable_bios_bootloader_install'],
    'it never runs GRUB of an image (docs/adr/0015-no-grub.md)',
  ),
  ...inFiles('disk_utils', ['dd_block_size'], 'it writes images itself, in blocks of 4 MiB'),
  ...inFiles('disk_utils', ['partition_detection_attempts', 'partprobe_attempts'], readsTheDisk),
  ...inFiles(
    'disk_partitioner',
    ['check_device_interval', 'check_device_max_retries'],
    'it refuses a disk that is in use, and says by whom, instead of waiting for it',
  ),
  ...inFiles(
    'container',
    [
      'allow_arbitrary_containers',
      'allowed_containers',
      'container_steps_file',
      'runner',
      'pull_options',
      'run_options',
    ],
    noContainers,
  ),
  ...inFiles('mdns', ['params'], 'it asks for services and registers none'),
  ...inFiles('metrics', ['backend', 'prepend_host', 'prepend_host_reverse', 'global_prefix'], noMetrics),
  ...inFiles('metrics_statsd', ['statsd_host', 'statsd_port'], noMetrics),
  {
    option: null,
    kernelParameter: 'ipa-standalone',
    reason: 'ironic-python-agent has removed it; use --standalone or the option standalone',
  },
  {
    option: null,
    kernelParameter: 'ipa-agent-token-required',
    reason: 'ironic-python-agent has removed it; a token is always required',
  },
];

/** The warning for one that was given. */
export function noEffectWarning(source: string, name: string, { reason }: OptionWithoutEffect): string {
  return `${source}: ${name} has no effect in Ironhand: ${reason}`;
}
