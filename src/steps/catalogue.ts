import type { AnyStep } from '../core/step.ts';
import { eraseDevices } from './erase-devices.ts';
import { eraseDevicesExpress } from './erase-devices-express.ts';
import { eraseDevicesMetadata } from './erase-devices-metadata.ts';
import { writeImageStep } from './write-image.ts';

/** Every step that Ironhand brings, by its wire name. */
export const stepCatalogue: ReadonlyMap<string, AnyStep> = new Map(
  [eraseDevices, eraseDevicesMetadata, eraseDevicesExpress, writeImageStep].map((step: AnyStep) => [step.name, step]),
);
