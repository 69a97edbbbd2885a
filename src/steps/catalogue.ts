import type { AnyStep } from '../core/step.ts';
import { cleanUefiNvram } from './clean-uefi-nvram.ts';
import { eraseDevices } from './erase-devices.ts';
import { eraseDevicesExpress } from './erase-devices-express.ts';
import { eraseDevicesMetadata } from './erase-devices-metadata.ts';
import { erasePstore } from './erase-pstore.ts';
import { writeImageStep } from './write-image.ts';

/** Every step that Ironhand brings, by its wire name. */
export const stepCatalogue: ReadonlyMap<string, AnyStep> = new Map(
  [cleanUefiNvram, eraseDevices, eraseDevicesMetadata, eraseDevicesExpress, erasePstore, writeImageStep].map(
    (step: AnyStep) => [step.name, step],
  ),
);
