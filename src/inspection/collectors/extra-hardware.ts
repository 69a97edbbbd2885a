import type { Config } from '../../core/config.ts';
import { detectHardware } from '../../tools/hardware-detect.ts';
import type { Collector } from '../collector.ts';

/** Benchmarks of the processors, disks and memory take as long as there are many of them. */
const seconds = { plain: 120, withBenchmarks: 3600 };

function limitSeconds({ inspectionBenchmarks }: Config): number {
  return inspectionBenchmarks.length > 0 ? seconds.withBenchmarks : seconds.plain;
}

/** What the program hardware-detect finds, where the ramdisk has it. */
export const extraHardwareCollector: Collector = {
  name: 'extra-hardware',
  limitSeconds: (config) => limitSeconds(config) + 5,
  collect: async ({ run, config }) => ({
    data: await detectHardware(run, config.inspectionBenchmarks, limitSeconds(config)),
  }),
};
