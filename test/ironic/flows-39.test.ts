import { fullCycle } from './flows/clean-and-deploy.ts';
import { newestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

playFlows(newestIronic, [fullCycle]);
