import { getSteps } from '../step-commands.ts';

export const getServiceSteps = getSteps('service');
