import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls';
import type { Config } from '../src/core/config.ts';
import { ConfigurationError } from '../src/errors/catalogue.ts';
import { errorText } from '../src/errors/guards.ts';
import { type ApiVersion, apiVersions, isAtLeast } from '../src/ironic/api-version.ts';
import type { LookupConfig } from '../src/ironic/lookup-answer.ts';
import type { CertificateRequest } from './tls-certificate.ts';
import { cipherList } from './tls-ciphers.ts';
import { createAndKeep, loadOrCreateCertificate, renewalTime } from './tls-store.ts';

/** How the api is served: plain, with a certificate that was given, or with one that is made here. */
export type TlsPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'given'; readonly certFile: string; readonly keyFile: string }
  | { readonly kind: 'automatic' };

/** What decides how the api is served: the configuration, and what Ironic said at lookup, which is stronger. */
export function planTls(
  config: Pick<Config, 'listenTls' | 'tlsCertFile' | 'tlsKeyFile' | 'enableAutoTls'>,
  /** null without an Ironic, where whoever calls has to trust the certificate by itself. */
  ironicVersion: ApiVersion | null,
): TlsPlan {
  const { listenTls, tlsCertFile, tlsKeyFile, enableAutoTls } = config;
  if (listenTls && tlsCertFile !== null && tlsKeyFile !== null) {
    return { kind: 'given', certFile: tlsCertFile, keyFile: tlsKeyFile };
  }
  const canBeTold = ironicVersion === null || isAtLeast(ironicVersion, apiVersions.agentVerifyCa);
  return enableAutoTls && canBeTold ? { kind: 'automatic' } : { kind: 'none' };
}

export interface TlsSettings {
  readonly minVersion: '1.2' | '1.3';
  /** In OpenSSL's notation; null takes ours. */
  readonly cipherSuites: string | null;
  readonly certificate: CertificateRequest;
  /** Where a certificate that is made here is kept. */
  readonly directory: string;
}

/** Days that ironic-python-agent's certificates are good for. */
const certificateDays = 30;

export function tlsSettings(
  config: Pick<Config, 'tlsMinVersion' | 'tlsCipherSuites' | 'tlsCertificateCurve' | 'autoTlsAllowedClockSkewSeconds'>,
  lookup: Pick<LookupConfig, 'tlsMinVersion' | 'tlsCipherSuites'> | null,
  at: { readonly addresses: readonly string[]; readonly hostname: string; readonly directory: string },
): TlsSettings {
  return {
    minVersion: lookup?.tlsMinVersion ?? config.tlsMinVersion,
    cipherSuites: lookup?.tlsCipherSuites ?? config.tlsCipherSuites,
    certificate: {
      addresses: at.addresses,
      hostname: at.hostname,
      curve: config.tlsCertificateCurve,
      clockSkewSeconds: config.autoTlsAllowedClockSkewSeconds,
      days: certificateDays,
    },
    directory: at.directory,
  };
}

/** How the api is served, ready to use. */
export interface AgentTls {
  readonly protocol: 'http' | 'https';
  /** For https.createServer; null serves plain HTTP. */
  readonly options: ServerOptions | null;
  /** PEM that Ironic has to be told to trust; null where there is nothing to tell. */
  verifyCa(): string | null;
  /**
   * Replaces a certificate that was made here when two thirds of its life are over, for new connections. The conductor
   * must hear of it at once. Whether it was replaced.
   */
  renewIfDue(server: Pick<Server, 'setSecureContext'>, now?: Date): boolean;
}

const plain: AgentTls = { protocol: 'http', options: null, verifyCa: () => null, renewIfDue: () => false };

/** Throws ConfigurationError for files, or cipher suites, that cannot be used. */
export function prepareTls(plan: TlsPlan, settings: TlsSettings, now = new Date()): AgentTls {
  if (plan.kind === 'none') return plain;
  if (plan.kind === 'given') {
    const options = secureOptions(readPem(plan.keyFile), readPem(plan.certFile), settings);
    return { ...plain, protocol: 'https', options };
  }
  let pair = loadOrCreateCertificate(settings.directory, settings.certificate, now);
  return {
    protocol: 'https',
    options: secureOptions(pair.key, pair.certificate, settings),
    verifyCa: () => pair.certificate,
    renewIfDue(server, at = new Date()) {
      if (at < renewalTime(pair)) return false;
      pair = createAndKeep(settings.directory, settings.certificate, at);
      server.setSecureContext(secureOptions(pair.key, pair.certificate, settings));
      return true;
    },
  };
}

function secureOptions(key: string, cert: string, settings: TlsSettings): SecureContextOptions {
  const options: SecureContextOptions = {
    key,
    cert,
    minVersion: `TLSv${settings.minVersion}`,
    ciphers: cipherList(settings.cipherSuites),
    honorCipherOrder: true,
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw new ConfigurationError(
      `TLS cannot be served with this certificate or these cipher suites: ${errorText(error)}`,
      {
        cause: error,
      },
    );
  }
  return options;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${path}: cannot be read: ${errorText(error)}`, { cause: error });
  }
}
