import type { Host } from '../../src/core/job-context.ts';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import { hasBmc, noBmc, readBmc } from '../../src/inventory/bmc.ts';
import { type CollectedInventory, collectInventory, describeBoot } from '../../src/inventory/collect-inventory.ts';
import { describeInterfaces } from '../../src/inventory/describe-interfaces.ts';
import { collectMemory, type MemoryModule } from '../../src/inventory/memory.ts';
import { collectProcessor } from '../../src/inventory/processor.ts';
import { collectSystemVendor } from '../../src/inventory/system-vendor.ts';
import { listBlockDevices } from '../../src/storage/list-block-devices.ts';
import { resolveDevice } from '../../src/tools/device-name.ts';
import type { CapturedMachine } from './captured-machine.ts';

/** What systeminformation found out on that machine, as far as we look at it. */
export interface CapturedFacts {
  readonly cpu: { readonly cores: number; readonly processors: number; readonly brand: string; readonly flags: string };
  readonly memLayout: readonly MemoryModule[];
  readonly bios: { readonly releaseDate: string };
}

export function capturedFacts(machine: CapturedMachine): CapturedFacts {
  return JSON.parse(machine.output('systeminformation').stdout) as CapturedFacts;
}

/** A host in the ramdisk of a captured machine; it has no program but those that were captured. */
function capturedHost(machine: CapturedMachine): Host {
  return {
    config: { pxeInterface: bootInterface(machine) } as Host['config'],
    latch: createSafetyLatch({ insideRamdisk: true, devices: [] }, resolveDevice),
    log: { info: () => undefined, warn: () => undefined },
    signal: new AbortController().signal,
    run: machine.run,
  };
}

/** The inventory of a captured machine, by the collectors that are used on a real one. */
export async function capturedInventory(machine: CapturedMachine): Promise<CollectedInventory> {
  const host = capturedHost(machine);
  const { run } = machine;
  const sysfs = machine.path('/sys');
  return await collectInventory(host, {
    listDisks: () => listBlockDevices(host, { partitions: false }, machine.root),
    interfaces: () => describeInterfaces(run, sysfs),
    processor: () => collectProcessor(run, machine.path('/proc/cpuinfo')),
    memory: () => collectMemory(sysfs, machine.path('/proc/meminfo'), async () => capturedFacts(machine).memLayout),
    systemVendor: () => collectSystemVendor(sysfs, machine.path('/proc/device-tree')),
    bmc: async () => (hasBmc(machine.root) ? await readBmc(run) : noBmc),
    boot: () => describeBoot(host.config.pxeInterface, sysfs),
    hostName: () => machine.capture.files['/proc/sys/kernel/hostname']?.trim() ?? '',
  });
}

function bootInterface(machine: CapturedMachine): string | null {
  return /\bBOOTIF=(\S+)/.exec(machine.capture.files['/proc/cmdline'] ?? '')?.[1] ?? null;
}
