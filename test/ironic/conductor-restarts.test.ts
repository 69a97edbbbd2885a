import * as conductorRestarts from './flows/conductor-restarts.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

for (const release of [oldestIronic, newestIronic]) playFlows(release, Object.values(conductorRestarts), { atOnce: 1 });
