import { hostname } from 'node:os';
import type { Config } from '../src/core/config.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import type { Association } from './association.ts';
import { type AgentTls, planTls, prepareTls, tlsSettings } from './tls.ts';

/** Addresses at which a certificate made here is good besides the advertised one. */
const loopback = ['127.0.0.1', '::1'];

/** How this api is served, by its configuration and by what Ironic told. Throws ConfigurationError for unusable files. */
export function serverTls(config: Config, state: StateDir, association: Association | null): AgentTls {
  const addresses = association ? [association.address] : loopback;
  const settings = tlsSettings(config, association?.settings ?? null, {
    addresses,
    hostname: hostname(),
    directory: state.tls,
  });
  return prepareTls(planTls(config, association?.apiVersion ?? null), settings);
}
