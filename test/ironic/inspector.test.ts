import { inspectorInspection } from './flows/inspection.ts';
import { oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

playFlows(oldestIronic, [inspectorInspection], { inspector: true });
