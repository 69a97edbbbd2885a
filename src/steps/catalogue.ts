import type { AnyStep } from '../core/step.ts';
import { burninCpu } from './burnin-cpu.ts';
import { burninDisk } from './burnin-disk.ts';
import { burninGpu } from './burnin-gpu.ts';
import { burninMemory } from './burnin-memory.ts';
import { burninNetwork } from './burnin-network.ts';
import { cleanUefiNvram } from './clean-uefi-nvram.ts';
import { eraseDevices } from './erase-devices.ts';
import { eraseDevicesExpress } from './erase-devices-express.ts';
import { eraseDevicesMetadata } from './erase-devices-metadata.ts';
import { erasePstore } from './erase-pstore.ts';
import { executeBootcInstallStep } from './execute-bootc-install.ts';
import { injectFilesStep } from './inject-files.ts';
import { writeImageStep } from './write-image.ts';

/** Every step that Ironhand brings, by its wire name. */
export const stepCatalogue: ReadonlyMap<string, AnyStep> = new Map(
  [
    burninCpu,
    burninDisk,
    burninGpu,
    burninMemory,
    burninNetwork,
    cleanUefiNvram,
    eraseDevices,
    eraseDevicesMetadata,
    eraseDevicesExpress,
    erasePstore,
    executeBootcInstallStep,
    injectFilesStep,
    writeImageStep,
  ].map((step: AnyStep) => [step.name, step]),
);
