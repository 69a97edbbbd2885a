import { busyAtGetSteps } from './flows/busy-at-get-steps.ts';
import { fastTrack, rawNotStreamed } from './flows/life.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

const flows = [fastTrack, busyAtGetSteps, rawNotStreamed];
const settings = { fastTrack: true, more: '[agent]\nstream_raw_images = False\n' };

for (const release of [oldestIronic, newestIronic]) playFlows(release, flows, settings);
