import type { NetworkValue } from '../../config/given-values.ts';
import type { Config } from '../../core/config.ts';
import { ConfigurationError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { IronicLog } from '../ironic-log.ts';
import { findService, type ServiceSearch } from './find-service.ts';
import { type ServiceEndpoint, serviceEndpoint } from './service-endpoint.ts';

export type DiscoverySettings = Pick<
  Config,
  | 'apiUrls'
  | 'inspectionCallbackUrls'
  | 'mdnsAllowedOverrides'
  | 'mdnsInterfaces'
  | 'mdnsLookupAttempts'
  | 'standalone'
  | 'useMdns'
>;

/** Whether the network is to be asked for the Ironic API. An address that was given is not looked for. */
function wantsIronic({ apiUrls, useMdns, standalone }: DiscoverySettings): boolean {
  return !standalone && (apiUrls.includes('mdns') || (useMdns && apiUrls.length === 0));
}

/** Whether `discover` will ask the network for anything. */
export function asksNetwork(settings: DiscoverySettings): boolean {
  return wantsIronic(settings) || settings.inspectionCallbackUrls.includes('mdns');
}

/**
 * What multicast DNS says of Ironic and of the inspector, where the configuration leaves it to say so: their addresses, and the
 * options that they may set (`ipa_<option>` in the TXT record; allowed_overrides). Throws ConfigurationError when nobody answers.
 */
export async function discover(
  settings: DiscoverySettings,
  log: IronicLog,
  search: Partial<ServiceSearch> = {},
  clock: Clock = systemClock,
): Promise<readonly NetworkValue[]> {
  const endpointOf = async (service: string, option: string): Promise<ServiceEndpoint> => {
    const { mdnsInterfaces: interfaces, mdnsLookupAttempts: attempts } = settings;
    try {
      const endpoint = serviceEndpoint(await findService({ service, attempts, interfaces, ...search }, log, clock));
      log.info({ service, url: endpoint.url }, 'found by multicast DNS');
      return endpoint;
    } catch (error) {
      throw new ConfigurationError(`${option}: mdns: ${errorText(error)}`, { cause: error });
    }
  };
  const found: NetworkValue[] = [];
  if (wantsIronic(settings)) {
    const { url, options } = await endpointOf('baremetal', 'api_url');
    found.push({ name: 'api_url', value: url }, ...allowed(options, settings, log));
  }
  // What Ironic's answer says of the inspector makes the second question superfluous.
  const isTold = found.some(({ name }) => name === 'inspection_callback_url');
  if (settings.inspectionCallbackUrls.includes('mdns') && !isTold) {
    const { url } = await endpointOf('baremetal-introspection', 'inspection_callback_url');
    found.push({ name: 'inspection_callback_url', value: `${url}/v1/continue` });
  }
  return found;
}

function allowed(
  options: ServiceEndpoint['options'],
  { mdnsAllowedOverrides }: DiscoverySettings,
  log: IronicLog,
): readonly NetworkValue[] {
  return [...options].flatMap(([name, value]) => {
    if (mdnsAllowedOverrides.includes(name)) return [{ name, value }];
    log.warn({ name }, 'multicast DNS may not set this option (allowed_overrides)');
    return [];
  });
}
