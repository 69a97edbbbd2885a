import type { JobLog } from '../../src/core/job-context.ts';
import { createAddressRules } from '../../src/image/http/address-rules.ts';
import type { RemoteOptions } from '../../src/image/http/remote-options.ts';

export interface TestRemoteOptions extends RemoteOptions {
  /** What was logged, as `message: reason`. */
  readonly logged: string[];
}

/**
 * Options for reading from servers on loopback, without a pause between rounds. The time limit is long: the server is in the same
 * process, which a busy machine can leave without a processor for a second. A test of the limit itself sets a short one.
 */
export function remoteOptions(more: Partial<RemoteOptions> = {}): TestRemoteOptions {
  const logged: string[] = [];
  const note: JobLog['info'] = ({ reason }, message) => void logged.push(reason ? `${message}: ${reason}` : message);
  return {
    tls: async () => ({}),
    timeoutSeconds: 30,
    signal: new AbortController().signal,
    authorization: null,
    rules: createAddressRules(['127.0.0.0/8']),
    proxies: { http: null, https: null },
    noProxy: null,
    retries: 2,
    intervalSeconds: 0,
    log: { info: note, warn: note },
    logged,
    ...more,
  };
}
