import type { Collector } from './collector.ts';
import { defaultCollector } from './collectors/default.ts';
import { dmiCollector } from './collectors/dmi-decode.ts';
import { extraHardwareCollector } from './collectors/extra-hardware.ts';
import { lldpCollector } from './collectors/lldp.ts';
import { logsCollector } from './collectors/logs.ts';
import { numaCollector } from './collectors/numa-topology.ts';
import { pciCollector } from './collectors/pci-devices.ts';
import { usbCollector } from './collectors/usb-devices.ts';

/** Every collector, by the name that ironic-python-agent gave it. */
export const collectorCatalogue: ReadonlyMap<string, Collector> = new Map(
  [
    defaultCollector,
    logsCollector,
    pciCollector,
    numaCollector,
    lldpCollector,
    dmiCollector,
    usbCollector,
    extraHardwareCollector,
  ].map((collector) => [collector.name, collector]),
);
