import type { Logger } from 'pino';
import type { Config } from '../src/core/config.ts';
import type { IronicNode } from '../src/core/ironic-node.ts';
import { lookupMacAddresses } from '../src/inventory/mac-addresses.ts';
import { advertisedAddress } from '../src/ironic/advertised-address.ts';
import { type ApiVersion, formatApiVersion, parseApiVersion } from '../src/ironic/api-version.ts';
import { createIronicClient, type IronicClient } from '../src/ironic/client.ts';
import { lookUpNode } from '../src/ironic/lookup.ts';
import { agentTokenAfterLookup, type LookupConfig } from '../src/ironic/lookup-answer.ts';
import { redactSecrets } from '../src/log/redact.ts';
import type { Identity, IdentityStore } from './identity.ts';

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
 * Finds out which node this is. The answer is kept for the boot: Ironic gives the token once, so an api that restarts must not
 * ask again. Throws LookupNodeError when Ironic does not know this machine within lookup_timeout.
 */
export async function associate(config: Config, identity: IdentityStore, logger: Logger): Promise<Association> {
  const known = identity.knownBy(config.apiUrls);
  const ironicApiVersion = config.ironicApiVersion ?? known.ironicApiVersion ?? null;
  const client = createIronicClient({ ...config, ironicApiVersion }, logger);
  const address =
    config.advertiseHost ?? known.advertisedAddress ?? (await advertisedAddress(config, config.apiUrls, logger));
  if (isAssociated(known)) {
    const { nodeUuid, lookupConfig: settings, node } = known;
    const apiVersion = await client.newestVersion();
    const toldVersion = client.toldVersion ?? parseApiVersion(known.ironicApiVersion);
    return { client, apiVersion, toldVersion, address, nodeUuid, settings, node };
  }

  const answer = await lookUpNode(
    client,
    {
      addresses: () => lookupMacAddresses(config),
      timeoutSeconds: config.lookupTimeoutSeconds,
      intervalSeconds: config.lookupIntervalSeconds,
    },
    logger,
  );
  const token = agentTokenAfterLookup(answer.token, config.agentToken);
  // Asked only now that Ironic answers: what is assumed of one that did not would stay for the whole boot.
  const apiVersion = await client.newestVersion();
  const { toldVersion } = client;
  const node = redactSecrets(answer.node) as IronicNode;
  identity.update({
    apiUrls: config.apiUrls,
    nodeUuid: node.uuid,
    node,
    lookupConfig: answer.config,
    advertisedAddress: address,
    ...(toldVersion === null ? {} : { ironicApiVersion: formatApiVersion(toldVersion) }),
    ...(token === null ? {} : { token }),
  });
  logger.info({ node: node.uuid, address }, 'node found');
  return { client, apiVersion, toldVersion, address, nodeUuid: node.uuid, settings: answer.config, node };
}

type Associated = Identity & Required<Pick<Identity, 'nodeUuid' | 'lookupConfig' | 'node'>>;

function isAssociated(identity: Identity): identity is Associated {
  const { nodeUuid, lookupConfig, node } = identity;
  return nodeUuid !== undefined && lookupConfig !== undefined && node !== undefined;
}
