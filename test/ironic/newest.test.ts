import { ordinaryFlows } from './flows/ordinary.ts';
import { newestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

playFlows(newestIronic, ordinaryFlows);
