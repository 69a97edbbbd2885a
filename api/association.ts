import type { Logger } from 'pino';
import type { Config } from '../src/core/config.ts';
import type { IronicNode } from '../src/core/ironic-node.ts';
import { lookupMacAddresses } from '../src/inventory/mac-addresses.ts';
import { advertisedAddress } from '../src/ironic/advertised-address.ts';
import { type ApiVersion, formatApiVersion, parseApiVersion } from '../src/ironic/api-version.ts';
import { createIronicClient, type IronicClient } from '../src/ironic/client.ts';
import { lookUpNode } from '../src/ironic/lookup.ts';
import type { LookupConfig } from '../src/ironic/lookup-answer.ts';
import { reachableUrls } from '../src/ironic/reachable-urls.ts';
import { type Identity, type IdentityStore, identityFrom } from './identity.ts';
import { inspectOnce } from './inspect.ts';
import type { Queries } from './queries.ts';
import { tellOperator } from './tell-operator.ts';

/** This agent as Ironic knows it. */
export interface Association {
  readonly client: IronicClient;
  readonly apiVersion: ApiVersion;
  readonly nodeUuid: string;
  /** Address under which the conductor reaches this machine. */
  readonly address: string;
  readonly settings: LookupConfig;
  /** The node as the lookup told it, secrets masked. */
  readonly node: IronicNode;
  /** The version that Ironic itself told; null while it has not. */
  readonly toldVersion: ApiVersion | null;
}

/**
 * Finds out which node this is, after the inspection of the machine where one is wanted. The answer is kept for the boot: Ironic
 * gives the token once, so an api that restarts must not ask again. Throws LookupNodeError when Ironic does not know this machine
 * within lookup_timeout.
 */
export async function associate(
  config: Config,
  identity: IdentityStore,
  queries: Pick<Queries, 'ask'>,
  logger: Logger,
): Promise<Association> {
  const known = identity.knownBy(config.apiUrls);
  const ironicApiVersion = config.ironicApiVersion ?? known.ironicApiVersion ?? null;
  const client = createIronicClient({ ...config, ironicApiVersion }, logger);
  if (!isAssociated(known)) await inspectOnce(config, identity, queries, () => client.newestVersion(), logger);
  const address = await ownAddress(config, identity, logger);
  if (!isAssociated(identity.current)) {
    const request = {
      addresses: () => lookupMacAddresses(config),
      nodeUuid: identity.current.inspection?.nodeUuid ?? null,
      knownToken: config.agentToken,
      onTokenElsewhere: (uuid: string) => tellTokenElsewhere(uuid, logger),
      timeoutSeconds: config.lookupTimeoutSeconds,
      intervalSeconds: config.lookupIntervalSeconds,
    };
    identity.update(identityFrom(await lookUpNode(client, request, logger), config));
    logger.info({ node: identity.current.nodeUuid, address }, 'node found');
  }
  const { nodeUuid, lookupConfig: settings, node } = identity.current as Associated;
  const apiVersion = await client.newestVersion();
  const toldVersion = await versionTold(client, identity);
  return { client, apiVersion, toldVersion, address, nodeUuid, settings, node };
}

/**
 * Where the settings say a version Ironic has not been asked yet; what it says itself decides about GETs without a token. Asked when
 * the token is on record: that is given once.
 */
async function versionTold(client: IronicClient, identity: IdentityStore): Promise<ApiVersion | null> {
  const { ironicApiVersion: kept } = identity.current;
  const told = client.toldVersion ?? parseApiVersion(kept) ?? (await client.askVersion());
  if (told !== null && formatApiVersion(told) !== kept) identity.update({ ironicApiVersion: formatApiVersion(told) });
  return told;
}

/** Nothing is served meanwhile, so whoever looks at the machine must learn why. */
function tellTokenElsewhere(nodeUuid: string, logger: Logger): void {
  const text =
    `no commands are served: Ironic has given the token of node ${nodeUuid} to an agent before, and it is not known here. ` +
    'Expected it in the state directory, if this agent was started again, or as ipa-agent-token; found neither, or another ' +
    'machine has the same MAC address. A power action on the node, or abort and retry, makes Ironic give a new one, which ' +
    'is asked for every 30 s.';
  logger.error({ node: nodeUuid }, text);
  tellOperator(text);
}

/** The same for the whole boot: a conductor refuses a callback URL that changes. */
async function ownAddress(config: Config, identity: IdentityStore, logger: Logger): Promise<string> {
  const known = config.advertiseHost ?? identity.current.advertisedAddress;
  if (known !== undefined) return known;
  const advertised = await advertisedAddress(config, await reachableUrls(config, logger), logger);
  identity.update({ advertisedAddress: advertised });
  return advertised;
}

type Associated = Identity & Required<Pick<Identity, 'nodeUuid' | 'lookupConfig' | 'node'>>;

function isAssociated(identity: Identity): identity is Associated {
  const { nodeUuid, lookupConfig, node } = identity;
  return nodeUuid !== undefined && lookupConfig !== undefined && node !== undefined;
}
