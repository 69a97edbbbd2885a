import type { Config } from '../core/config.ts';
import { ConfigurationError } from '../errors/catalogue.ts';
import { type OptionKey, optionDeclarations } from './declarations.ts';

type Sources = Readonly<Record<OptionKey, string>>;

/** Looks at options that only make sense together. Throws ConfigurationError; returns warnings. */
export function checkConfig(config: Config, sources: Sources): string[] {
  needBoth(config, sources, 'certFile', 'keyFile');
  needBoth(config, sources, 'tlsCertFile', 'tlsKeyFile');
  if (config.listenTls && config.tlsCertFile === null) {
    throw new ConfigurationError(
      `listen_tls: expected tls_cert_file and tls_key_file with it, got neither (${sources.listenTls})`,
    );
  }
  needMdnsAlone(config, sources, 'apiUrls');
  needMdnsAlone(config, sources, 'inspectionCallbackUrls');
  const warnings: string[] = [];
  if (config.apiUrls.length === 0 && !config.useMdns && !config.standalone) {
    warnings.push(
      'neither api_url nor standalone is given: the agent cannot find its node and waits for commands only',
    );
  }
  if (config.standalone && config.agentToken === null) {
    warnings.push('standalone without agent_token: every command will be refused');
  }
  return warnings;
}

function needBoth(config: Config, sources: Sources, first: OptionKey, second: OptionKey): void {
  if ((config[first] === null) === (config[second] === null)) return;
  const [given, missing] = config[first] === null ? [second, first] : [first, second];
  const name = (key: OptionKey) => optionDeclarations[key].name;
  throw new ConfigurationError(`${name(given)}: expected ${name(missing)} with it, got none (${sources[given]})`);
}

/** Addresses that the network is asked for are all that it says: others beside them would have to have an order. */
function needMdnsAlone(config: Config, sources: Sources, key: 'apiUrls' | 'inspectionCallbackUrls'): void {
  if (config[key].length < 2 || !config[key].includes('mdns')) return;
  const { name } = optionDeclarations[key];
  throw new ConfigurationError(`${name}: expected mdns or URLs, got ${config[key].join(',')} (${sources[key]})`);
}
