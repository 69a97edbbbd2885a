import { isIPv6 } from 'node:net';

/** `https://192.0.2.1:9999`, `https://[2001:db8::1]:9999`: where the conductor reaches the agent, no slash at the end. */
export function callbackUrl(at: {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}): string {
  const host = isIPv6(at.host) ? `[${at.host}]` : at.host;
  return `${at.protocol}://${host}:${at.port}`;
}
