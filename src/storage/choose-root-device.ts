import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockDevice } from '../core/block-device.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import type { JobContext } from '../core/job-context.ts';
import { DeviceNotFoundError } from '../errors/catalogue.ts';
import { findRootDevice, type RootDeviceChoice } from './root-device.ts';

export interface ChosenRootDevice extends RootDeviceChoice {
  /** The node that was asked for, which is known then. */
  readonly node: IronicNode;
  /** All disks and partitions, as they were when it was chosen. */
  readonly devices: readonly BlockDevice[];
}

/**
 * The root device of a node, to deploy to. In the ramdisk a slow controller may show it long after other disks, so it is looked
 * for `disk_wait_attempts` times. Throws DeviceNotFoundError as findRootDevice does, and where no node is known yet.
 */
export async function chooseRootDevice(
  node: IronicNode | null,
  context: Pick<JobContext, 'config' | 'latch' | 'log' | 'managers' | 'run' | 'signal'>,
): Promise<ChosenRootDevice> {
  if (node === null) {
    throw new DeviceNotFoundError('no node is known, so neither are its root device hints nor its skip list');
  }
  const { config, latch, log, managers, signal } = context;
  const attempts = latch.open ? config.diskWaitAttempts : 1;
  for (let attempt = 1; ; attempt++) {
    const devices = await managers.listBlockDevices(context, { partitions: true });
    try {
      const choice = findRootDevice(devices, node);
      const { path, serial, wwn } = choice.device;
      log.info({ device: path, serial, wwn, judged: choice.judged }, 'root device chosen');
      return { ...choice, node, devices };
    } catch (error) {
      // With a cause it is the hints that make no sense, and no disk can change that.
      const mayAppear = error instanceof DeviceNotFoundError && error.cause === undefined;
      if (!mayAppear || attempt >= attempts) throw error;
      log.info({ attempt, reason: error.details }, 'no root device yet');
    }
    await sleep(config.diskWaitDelaySeconds * 1000, undefined, { signal });
  }
}
