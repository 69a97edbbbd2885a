import type { Server } from 'node:tls';
import type { AgentTls } from './tls.ts';

/** Often enough for a certificate that is good for weeks, and by the wall clock, which may jump. */
const checkEveryMs = 3_600_000;

/**
 * Looks every hour whether the certificate has to be replaced; `renewed` then has to tell Ironic. While a command runs it
 * waits, as the conductor may look at it before it hears of the new certificate. Returns a function that ends it.
 */
export function keepCertificateFresh(
  tls: Pick<AgentTls, 'renewIfDue'>,
  server: Pick<Server, 'setSecureContext'>,
  hooks: { readonly isBusy: () => boolean; readonly renewed: () => void },
): () => void {
  const timer = setInterval(() => {
    if (!hooks.isBusy() && tls.renewIfDue(server)) hooks.renewed();
  }, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
