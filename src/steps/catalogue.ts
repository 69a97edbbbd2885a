import type { AnyStep } from '../core/step.ts';
import { eraseDevicesMetadata } from './erase-devices-metadata.ts';
import { writeImageStep } from './write-image.ts';

/** Every step that Ironhand brings, by its wire name. */
export const stepCatalogue: ReadonlyMap<string, AnyStep> = new Map(
  [eraseDevicesMetadata, writeImageStep].map((step: AnyStep) => [step.name, step]),
);
