import { executeStep } from '../step-commands.ts';

export const executeDeployStep = executeStep('deploy');
