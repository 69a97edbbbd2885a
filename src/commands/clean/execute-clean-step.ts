import { executeStep } from '../step-commands.ts';

export const executeCleanStep = executeStep('clean');
