import { getSteps } from '../step-commands.ts';

export const getCleanSteps = getSteps('clean');
