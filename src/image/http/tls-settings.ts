import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import type { Config } from '../../core/config.ts';
import type { TlsSettings } from './connect.ts';

/** Trust and client certificate for https, as for the calls to Ironic. Without a CA file: Node's own list and the system's. */
export async function tlsSettings(config: Config): Promise<TlsSettings> {
  const [ca, cert, key] = await Promise.all([config.caFile, config.certFile, config.keyFile].map(readIfGiven));
  return {
    ca: ca ?? [...getCACertificates('default'), ...getCACertificates('system')],
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: !config.insecure,
  };
}

async function readIfGiven(path: string | null): Promise<Buffer | undefined> {
  return path === null ? undefined : readFile(path);
}
