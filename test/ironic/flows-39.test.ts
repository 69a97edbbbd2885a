import { fullCycle } from './flows/clean-and-deploy.ts';
import * as deploy from './flows/deploy.ts';
import * as life from './flows/life.ts';
import * as steps from './flows/steps.ts';
import { newestIronic, oldestIronic } from './lab/ironic-release.ts';
import { playFlows } from './lab/play-flows.ts';

const { fastTrack: _, rescue: _r, ...ordinary } = life;
const all = [fullCycle, ...Object.values(deploy), ...Object.values(steps), ...Object.values(ordinary)];
const only = process.env['ONLY']?.split(',');
playFlows(
  process.env['OLD'] ? oldestIronic : newestIronic,
  all.filter(({ name }) => !only || only.includes(name)),
);
