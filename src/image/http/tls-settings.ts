import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { Config } from '../../core/config.ts';
import { errorText } from '../../errors/guards.ts';
import type { TlsSettings } from './connect.ts';
import { TransferError } from './transfer-error.ts';

/**
 * Trust and client certificate for https, as for the calls to Ironic. Without a CA file: Node's own list and the system's.
 * Throws a final TransferError where a file cannot be used.
 */
export async function tlsSettings(config: Config): Promise<TlsSettings> {
  const [ca, cert, key] = await Promise.all([config.caFile, config.certFile, config.keyFile].map(readIfGiven));
  try {
    const secureContext = createSecureContext({
      ca: ca ?? [...getCACertificates('default'), ...getCACertificates('system')],
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    return { secureContext, rejectUnauthorized: !config.insecure };
  } catch (error) {
    const files = [config.caFile, config.certFile, config.keyFile].filter((file) => file !== null).join(', ');
    throw new TransferError(`cannot use the certificates ${files}: ${errorText(error)}`, {
      passing: false,
      cause: error,
    });
  }
}

async function readIfGiven(path: string | null): Promise<Buffer | undefined> {
  if (path === null) return undefined;
  return readFile(path).catch((error: unknown) => {
    throw new TransferError(`cannot read a certificate: ${errorText(error)}`, { passing: false, cause: error });
  });
}
