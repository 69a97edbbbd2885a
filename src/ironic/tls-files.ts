import { readFileSync } from 'node:fs';
import type { Config } from '../core/config.ts';
import { ConfigurationError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import type { HttpClientOptions } from './http-client.ts';

type TlsFileSettings = Pick<Config, 'caFile' | 'certFile' | 'keyFile'>;

/** The PEM files that the way to Ironic is secured with. Throws ConfigurationError for one that cannot be read. */
export function readTlsFiles(settings: TlsFileSettings): Pick<HttpClientOptions, 'ca' | 'cert' | 'key'> {
  const { caFile, certFile, keyFile } = settings;
  return {
    ...(caFile === null ? {} : { ca: readPem('cafile', caFile) }),
    ...(certFile === null ? {} : { cert: readPem('certfile', certFile) }),
    ...(keyFile === null ? {} : { key: readPem('keyfile', keyFile) }),
  };
}

function readPem(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${option}: ${path} cannot be read: ${errorText(error)}`, { cause: error });
  }
}
