import { busyAtGetSteps } from './flows/busy-at-get-steps.ts';
import { fastTrack } from './flows/life.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

for (const release of [oldestIronic, newestIronic])
  playFlows(release, [fastTrack, busyAtGetSteps], { fastTrack: true });
