import type { AnyCommand } from '../core/command.ts';
import { executeCleanStep } from './clean/execute-clean-step.ts';
import { getCleanSteps } from './clean/get-clean-steps.ts';
import { executeDeployStep } from './deploy/execute-deploy-step.ts';
import { getDeploySteps } from './deploy/get-deploy-steps.ts';
import { installBootloader } from './image/install-bootloader.ts';
import { collectSystemLogs } from './log/collect-system-logs.ts';
import { getHardwareInfo } from './poll/get-hardware-info.ts';
import { setNodeInfo } from './poll/set-node-info.ts';
import { finalizeRescue } from './rescue/finalize-rescue.ts';
import { executeServiceStep } from './service/execute-service-step.ts';
import { getServiceSteps } from './service/get-service-steps.ts';
import { executeBootcInstall } from './standby/execute-bootc-install.ts';
import { getPartitionUuids } from './standby/get-partition-uuids.ts';
import { powerOff } from './standby/power-off.ts';
import { prepareImage } from './standby/prepare-image.ts';
import { runImage } from './standby/run-image.ts';
import { syncCommand } from './standby/sync.ts';
import { lockdown } from './system/lockdown.ts';

/** Every command that is one by itself, not made of others. */
export const singleCommands: readonly AnyCommand[] = [
  getCleanSteps,
  executeCleanStep,
  getDeploySteps,
  executeDeployStep,
  getServiceSteps,
  executeServiceStep,
  prepareImage,
  executeBootcInstall,
  getPartitionUuids,
  syncCommand,
  runImage,
  powerOff,
  installBootloader,
  collectSystemLogs,
  getHardwareInfo,
  setNodeInfo,
  finalizeRescue,
  lockdown,
];
