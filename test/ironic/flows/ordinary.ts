import type { Flow } from '../lab/flow.ts';
import * as burnIn from './burn-in.ts';
import { fullCycle } from './clean-and-deploy.ts';
import * as deploy from './deploy.ts';
import * as injectFiles from './inject-files.ts';
import { agentInspection, failingCollector } from './inspection.ts';
import { tlsCallback } from './life.ts';
import { noPowerOff } from './no-power-off.ts';
import { rescue } from './rescue.ts';
import { resetInClean, resetInDeploy, resetInService } from './reset.ts';
import * as steps from './steps.ts';
import { tokenOnGet } from './token-on-get.ts';
import * as trouble from './trouble.ts';

/** Flows that need nothing special of their Ironic. */
export const ordinaryFlows: readonly Flow[] = [
  fullCycle,
  ...Object.values(deploy),
  ...Object.values(steps),
  tlsCallback,
  rescue,
  agentInspection,
  failingCollector,
  noPowerOff,
  ...Object.values(injectFiles),
  ...Object.values(burnIn),
  tokenOnGet,
  ...Object.values(trouble),
  resetInDeploy,
  resetInClean,
  resetInService,
];
