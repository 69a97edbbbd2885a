import { getSteps } from '../step-commands.ts';

export const getDeploySteps = getSteps('deploy');
