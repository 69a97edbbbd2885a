import { ordinaryFlows } from './flows/ordinary.ts';
import { oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

playFlows(oldestIronic, ordinaryFlows);
