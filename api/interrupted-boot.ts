import Joi from 'joi';
import { type IronicNode, type StepProcess, stepProcesses } from '../src/core/ironic-node.ts';

/** A step that was under way when the machine restarted. */
export interface InterruptedStep {
  readonly process: StepProcess;
  readonly step: string;
}

/** How the conductor says that it restarts a machine itself, in or after a step. */
const rebootFlags: Readonly<Record<StepProcess, string>> = {
  clean: 'cleaning_reboot',
  deploy: 'deployment_reboot',
  service: 'servicing_reboot',
};

/** That a driver watches a step out of band, which may restart the machine as it likes. */
const pollingFlags: Readonly<Record<StepProcess, string>> = {
  clean: 'cleaning_polling',
  deploy: 'deployment_polling',
  service: 'servicing_polling',
};

/** Whose steps agents run; all others are the conductor's, by way of the BMC. */
const agentInterfaces: ReadonlySet<string> = new Set(['deploy', 'raid']);

const stepSchema = Joi.object({ interface: Joi.string().required(), step: Joi.string().required() }).unknown();

/**
 * The step in whose middle the machine restarted, going by the node as the first lookup of a boot tells it; null where there is none, and
 * in any doubt. A conductor takes the empty list of commands of a fresh boot for the end of the current step (agent_base.py,
 * `_freshly_booted`), also where nobody asked for the boot: a node with half an image would become active.
 *
 * Of the steps of agents' interfaces some are the conductor's own: whoever calls has to know which steps there are here.
 */
export function interruptedStep({ driver_internal_info: info = {} }: IronicNode): InterruptedStep | null {
  const running = stepProcesses.filter((process) => Number.isInteger(info[`${process}_step_index`]));
  const [process] = running;
  if (process === undefined || running.length > 1) return null;
  if (stepProcesses.some((each) => isRestartExpected(info, each))) return null;
  const steps = info[`${process}_steps`];
  const current: unknown = Array.isArray(steps) ? steps[info[`${process}_step_index`] as number] : undefined;
  const { error, value } = stepSchema.required().validate(current);
  if (error || !agentInterfaces.has(value.interface)) return null;
  return { process, step: value.step };
}

/** The last: the conductor will run the step itself once more. */
function isRestartExpected(info: Readonly<Record<string, unknown>>, process: StepProcess): boolean {
  const said = [rebootFlags[process], pollingFlags[process]].some((flag) => Boolean(info[flag]));
  return said || info[`skip_current_${process}_step`] === false;
}
