/** What nothing but the kernel command line may say: it decides whether virtual media are believed at all. */
export const kernelOnlyParameters = {
  bootMethod: {
    name: 'boot_method',
    help: '`vmedia`: parameters and configuration files are read from virtual media (docs/start-up.md).',
  },
  publisherId: {
    name: 'ir_pub_id',
    help: 'Publisher id that an ISO with configuration files must have; other virtual media are passed over.',
  },
} as const;
