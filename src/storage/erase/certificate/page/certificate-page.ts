import type { Envelope } from '../envelope.ts';

/** One certificate as a page to look at or print. */
export function certificatePage(envelope: Envelope): string {
  return `<!doctype html><title>${envelope.certificate.id}</title>`;
}
