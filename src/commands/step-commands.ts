import joi from 'joi';
import { type CommandDeclaration, defineCommand } from '../core/command.ts';
import type { IronicNode, RequestedStep, StepProcess } from '../core/ironic-node.ts';
import type { JobContext } from '../core/job-context.ts';
import { isSameVersions } from '../core/manager-versions.ts';
import { AgentError } from '../errors/agent-error.ts';
import { CleaningError, DeploymentError, ServicingError, VersionMismatchError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import { redactSecrets } from '../log/redact.ts';
import { type NodeAndPorts, nodeSchema, portsSchema } from './node-schema.ts';

const stepErrors = { clean: CleaningError, deploy: DeploymentError, service: ServicingError } as const;

/** The declaration of `<process>.get_<process>_steps`: what the managers of this machine offer. */
export function getSteps(process: StepProcess): CommandDeclaration<NodeAndPorts> {
  return defineCommand<NodeAndPorts>({
    name: `${process}.get_${process}_steps`,
    summary: `List the ${process} steps that this machine offers, with the versions of its hardware managers.`,
    params: joi.object<NodeAndPorts>({ node: nodeSchema, ports: portsSchema }).unknown(),
    mode: 'sync',
    handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
    // Told that the agent is busy, a conductor takes it for "no steps", and the node becomes available without being cleaned.
    whenBusy: 'wait',
    abortable: false,
    async run({ node }, context) {
      await Promise.all([
        rememberNode(node, context),
        context.state.write('offeredVersions', context.managers.versions),
      ]);
      return {
        [`${process}_steps`]: context.managers.advertisedSteps(process, context.config),
        hardware_manager_version: context.managers.versions,
      };
    },
  });
}

interface ExecuteStepParams extends NodeAndPorts {
  step: RequestedStep;
  [versionOrExtra: string]: unknown;
}

/** The declaration of `<process>.execute_<process>_step`: one step, after the versions have been compared. */
export function executeStep(process: StepProcess): CommandDeclaration<ExecuteStepParams> {
  const versionKey = `${process}_version`;
  return defineCommand<ExecuteStepParams>({
    name: `${process}.execute_${process}_step`,
    summary: `Execute one ${process} step; the result echoes it.`,
    params: joi
      .object<ExecuteStepParams>({
        step: joi
          .object({
            step: joi.string().required().description('Name of the step.'),
            interface: joi.string().description('Interface that the step belongs to.'),
            args: joi.object().unknown().allow(null).description('Arguments of the step.'),
          })
          .unknown()
          .required()
          .description('The step as get_steps offered it, with its arguments.'),
        node: nodeSchema,
        ports: portsSchema,
        [versionKey]: joi
          .object()
          .pattern(joi.string(), joi.string())
          .allow(null)
          .description('hardware_manager_version as the conductor knows it; null skips the comparison.'),
      })
      .unknown(),
    mode: 'async',
    handling: { kind: 'as-step', process },
    abortable: true,
    async run(params, context) {
      const { step, node, ports } = params;
      await rememberNode(node, context);
      await compareVersions(process, context, params[versionKey]);
      const result = await context.managers
        .executeStep(process, step, { ...context, node, ports })
        .catch((error: unknown) => {
          throw asStepError(process, step, error);
        });
      return { [`${process}_result`]: result ?? null, [`${process}_step`]: redactSecrets(step) };
    },
  });
}

/** The node is what later commands (prepare_image, install_bootloader) find the root device by. */
async function rememberNode(node: IronicNode, context: JobContext): Promise<void> {
  await context.state.write('node', redactSecrets(node) as IronicNode);
}

/**
 * Compares with what was offered, not with what this worker has: get_*_steps was answered by another one, where a manager may
 * have failed that works here. A step that this worker does not have fails by itself.
 *
 * In a deployment a mismatch is a failure of the step: told of a mismatch, a conductor goes on with the next step (seen with
 * 21.4 and 39.0), so that write_image would be left out and the node become active without an image.
 */
async function compareVersions(process: StepProcess, { managers, state }: JobContext, theirs: unknown): Promise<void> {
  if (theirs === null || theirs === undefined) return;
  const offered = (await state.read('offeredVersions')) ?? managers.versions;
  if (typeof theirs === 'object' && isSameVersions(theirs, offered)) return;
  const versions = `hardware managers of this agent: ${JSON.stringify(offered)}; the conductor expects: ${JSON.stringify(theirs)}`;
  if (process === 'deploy') throw new DeploymentError(`hardware managers changed during the deployment; ${versions}`);
  throw new VersionMismatchError(versions);
}

/** Agent errors pass as they are; anything else becomes the error of the process, with what happened. */
function asStepError(process: StepProcess, step: RequestedStep, error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const name = error instanceof Error ? error.name : 'Error';
  const details = `Unexpected exception performing ${process} step ${step.step}. ${name}: ${errorText(error)}`;
  return new stepErrors[process](details, { cause: error });
}
