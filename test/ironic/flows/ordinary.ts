import type { Flow } from '../lab/flow.ts';
import { fullCycle } from './clean-and-deploy.ts';
import * as deploy from './deploy.ts';
import { rescue, tlsCallback } from './life.ts';
import * as steps from './steps.ts';
import * as trouble from './trouble.ts';

/** Flows that need nothing special of their Ironic. */
export const ordinaryFlows: readonly Flow[] = [
  fullCycle,
  ...Object.values(deploy),
  ...Object.values(steps),
  tlsCallback,
  rescue,
  ...Object.values(trouble),
];
