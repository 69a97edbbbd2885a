import { executeStep } from '../step-commands.ts';

export const executeServiceStep = executeStep('service');
