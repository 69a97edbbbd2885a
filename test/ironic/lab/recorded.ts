/**
 * What an Ironic asks of an agent in each part of a flow, in the lines of conversation.ts: recorded on 21.4.4, 29.0.5 and 39.0.0 with
 * an agent that answers at once and does nothing. They are the same for all of these.
 */
export const recorded = {
  boot: ['> lookup'],

  clean: (...steps: readonly string[]) => [
    '> lookup',
    '< clean.get_clean_steps',
    ...steps.flatMap((step) => [`< clean.execute_clean_step ${step}`, '< look: execute_clean_step:SUCCEEDED']),
  ],

  /** A step that asks for a reboot: the conductor meets an empty list afterwards, and carries on. */
  afterReboot: ['> lookup', '< look: nothing'],

  /** As far as the last step that the agent runs; write_image is one of them. */
  deploySteps: (...steps: readonly string[]) => [
    '> lookup',
    '< deploy.get_deploy_steps',
    '< look: get_deploy_steps:SUCCEEDED',
    ...steps.flatMap((step) => [`< deploy.execute_deploy_step ${step}`, '< look: execute_deploy_step:SUCCEEDED']),
  ],

  deploy: (...steps: readonly string[]) => [
    ...recorded.deploySteps(...steps),
    '< standby.get_partition_uuids',
    '< standby.power_off',
  ],

  /** With image.install_bootloader: UEFI, and partition images. */
  deployWithBootloader: (...steps: readonly string[]) => [
    ...recorded.deploySteps(...steps),
    '< standby.get_partition_uuids',
    '< image.install_bootloader',
    '< look: install_bootloader:SUCCEEDED',
    '< standby.power_off',
  ],

  service: (...steps: readonly string[]) => [
    '> lookup',
    '< service.get_service_steps',
    ...steps.flatMap((step) => [`< service.execute_service_step ${step}`, '< look: execute_service_step:SUCCEEDED']),
  ],

  rescue: ['> lookup', '< rescue.finalize_rescue'],
} as const;
