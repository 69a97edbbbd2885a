import * as trouble from './flows/trouble.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';
const only = process.env['ONLY']?.split(',');
playFlows(process.env['OLD'] ? oldestIronic : newestIronic, Object.values(trouble).filter(({ name }) => !only || only.includes(name)));
