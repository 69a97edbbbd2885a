import type { Logger } from 'pino';
import type { Config } from '../src/core/config.ts';
import { AgentError } from '../src/errors/agent-error.ts';
import { collectorCatalogue } from '../src/inspection/catalogue.ts';
import { inspectionLimitSeconds } from '../src/inspection/chosen-collectors.ts';
import type { ApiVersion } from '../src/ironic/api-version.ts';
import { type InspectionAnswer, postInspection } from '../src/ironic/inspection.ts';
import { inspectionTargets } from '../src/ironic/inspection-targets.ts';
import { isTokenElsewhere } from '../src/ironic/lookup-answer.ts';
import { inspectionCollect } from '../src/queries/inspection-collect.ts';
import { type Identity, type IdentityStore, identityFrom } from './identity.ts';
import { runIntrospectionDaemon } from './introspection-daemon.ts';
import type { Queries } from './queries.ts';

/** A worker may only just be starting, or come back from a crash. */
const workerSeconds = 60;

/** Whether this agent inspects its machine: where it was told the address for that, or what to collect for its Ironic. */
function wantsInspection(config: Config): boolean {
  const { inspectionCallbackUrls, inspectionCollectors, apiUrls } = config;
  return inspectionCallbackUrls.length > 0 || (inspectionCollectors.length > 0 && apiUrls.length > 0);
}

/**
 * Has a worker collect what the machine is made of, and posts it. Throws InspectionError where nobody takes it, and what the
 * question met. The newest version of our Ironic decides how its answer is asked for; null asks the old way.
 */
async function inspect(
  config: Config,
  queries: Pick<Queries, 'ask'>,
  newest: ApiVersion | null,
  logger: Logger,
): Promise<InspectionAnswer> {
  const { hardwareInitializationDelaySeconds, inspectionCallbackUrls, apiUrls } = config;
  const limit = inspectionLimitSeconds(config, collectorCatalogue) + hardwareInitializationDelaySeconds + workerSeconds;
  const data = await queries.ask(inspectionCollect.name, {}, limit * 1000);
  const targets = inspectionTargets(inspectionCallbackUrls, apiUrls, newest);
  const answer = await postInspection(targets, data, config, logger);
  logger.info({ node: nodeOf(answer), looked_up: answer.kind === 'looked-up' }, 'inspection posted');
  return answer;
}

function nodeOf(answer: InspectionAnswer): string | null {
  return answer.kind === 'accepted' ? answer.nodeUuid : answer.answer.node.uuid;
}

/** What was told of this agent, unless that is of no use without a token that somebody else has. */
function identityIn(answer: InspectionAnswer, config: Config): Partial<Identity> {
  if (answer.kind === 'accepted' || isTokenElsewhere(answer.answer.token, config.agentToken)) return {};
  return identityFrom(answer.answer, config);
}

/**
 * The inspection of this boot, where one is wanted and none has been posted yet. null where there is none and where it failed,
 * which is logged and ends nothing: the lookup comes all the same.
 */
export async function inspectOnce(
  config: Config,
  identity: IdentityStore,
  queries: Pick<Queries, 'ask'>,
  newest: () => Promise<ApiVersion | null>,
  logger: Logger,
): Promise<InspectionAnswer | null> {
  const { inspection } = identity.current;
  if (inspection) return { kind: 'accepted', nodeUuid: inspection.nodeUuid };
  if (!wantsInspection(config)) return null;
  try {
    const answer = await inspect(config, queries, await newest(), logger);
    // At once: with the inspection on record and the token not, nobody would ever be told it again.
    identity.update({ inspection: { nodeUuid: nodeOf(answer) }, ...identityIn(answer, config) });
    return answer;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    logger.error({ err: error }, 'inspection failed');
    return null;
  }
}

/**
 * Inspects again and again, where introspection_daemon wants it, until the function that it gives is called. The old way of asking:
 * these inspections are no lookups, and must not make Ironic hand out a token.
 */
export function keepInspecting(config: Config, queries: Pick<Queries, 'ask'>, logger: Logger): () => void {
  const { introspectionDaemon, introspectionDaemonPostIntervalSeconds, inspectionCallbackUrls, apiUrls } = config;
  const stop = new AbortController();
  if (introspectionDaemon && !config.standalone && inspectionCallbackUrls.length + apiUrls.length > 0) {
    void runIntrospectionDaemon(
      {
        intervalSeconds: introspectionDaemonPostIntervalSeconds,
        inspect: () => inspect(config, queries, null, logger),
        signal: stop.signal,
      },
      logger,
    );
  }
  return () => stop.abort();
}
