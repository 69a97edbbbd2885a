import { setTimeout as sleep } from 'node:timers/promises';
import { defineHardwareManager, HardwareSupport } from '../core/hardware-manager.ts';
import type { Host } from '../core/job-context.ts';
import { stepCatalogue } from '../steps/catalogue.ts';
import { listBlockDevices } from '../storage/list-block-devices.ts';

/** Works on any machine; every step that Ironhand brings is its. */
export const genericManager = defineHardwareManager({
  name: 'generic_hardware_manager',
  className: 'GenericHardwareManager',
  version: '1.0',
  steps: [...stepCatalogue.values()],
  evaluateSupport: () => Promise.resolve(HardwareSupport.generic),
  initialize: waitForDisks,
  listBlockDevices,
});

/** Slow controllers show their disks late. A machine without any disk is still one that can be inspected: only told. */
async function waitForDisks(host: Host): Promise<void> {
  if (!host.latch.open) return;
  const { diskWaitAttempts, diskWaitDelaySeconds } = host.config;
  for (let attempt = 1; attempt <= diskWaitAttempts; attempt++) {
    if ((await listBlockDevices(host, { partitions: false })).length > 0) return;
    await sleep(diskWaitDelaySeconds * 1000, undefined, { signal: host.signal });
  }
  host.log.warn({ attempts: diskWaitAttempts }, 'no disk has appeared');
}
