import { resetWithoutToken } from './flows/reset.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

for (const release of [oldestIronic, newestIronic])
  playFlows(release, [resetWithoutToken], { callbackTimeoutSeconds: 40 });
