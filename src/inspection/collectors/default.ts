import type { JobContext } from '../../core/job-context.ts';
import { DeviceNotFoundError } from '../../errors/catalogue.ts';
import { blockDeviceToWire } from '../../inventory/block-device-to-wire.ts';
import type { InventoryDisk } from '../../inventory/inventory.ts';
import { collectInterfaces } from '../../inventory/network-interfaces.ts';
import { systemClock } from '../../ironic/clock.ts';
import { findRootDevice } from '../../storage/root-device.ts';
import { chosenCollectors } from '../chosen-collectors.ts';
import type { Collector } from '../collector.ts';
import { machineInventory } from '../machine-inventory.ts';
import { waitForDhcp } from '../wait-for-dhcp.ts';

/** What the machine is made of, and how this was found out; first it waits for an address, which belongs to the inventory. */
export const defaultCollector: Collector = {
  name: 'default',
  limitSeconds: ({ inspectionDhcpWaitTimeoutSeconds }) => inspectionDhcpWaitTimeoutSeconds + 120,
  async collect(context) {
    await waitForAddress(context);
    const { config, managers } = context;
    const listed = managers.listBlockDevices(context);
    const { inventory } = await machineInventory(context, () => listed);
    const rootDisk = await defaultRootDisk(context, listed);
    return {
      inventory,
      ...(rootDisk === null ? {} : { root_disk: rootDisk }),
      boot_interface: inventory.boot.pxe_interface,
      configuration: {
        collectors: chosenCollectors(config),
        managers: Object.entries(managers.versions).map(([name, version]) => ({ name, version })),
      },
    };
  },
};

async function waitForAddress({ config, log, signal }: JobContext): Promise<void> {
  const { inspectionDhcpWaitTimeoutSeconds: timeoutSeconds, inspectionDhcpAllInterfaces: all, pxeInterface } = config;
  const interfaces = (): ReturnType<typeof collectInterfaces> => collectInterfaces();
  const without = await waitForDhcp({ interfaces, pxeInterface, all, timeoutSeconds, signal }, systemClock);
  if (without.length > 0) log.warn({ interfaces: without, seconds: timeoutSeconds }, 'no address by DHCP');
}

/** The disk that a deployment without hints would take; null where there is none. */
async function defaultRootDisk(
  { log }: JobContext,
  listed: ReturnType<JobContext['managers']['listBlockDevices']>,
): Promise<InventoryDisk | null> {
  try {
    return blockDeviceToWire(findRootDevice(await listed, { uuid: '' }).device);
  } catch (error) {
    if (!(error instanceof DeviceNotFoundError)) throw error;
    log.info({ reason: error.details }, 'no root disk');
    return null;
  }
}
