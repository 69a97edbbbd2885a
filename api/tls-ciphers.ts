const modernSuites = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

const olderSuites =
  'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256';

/**
 * A list of cipher suites as Node takes it: those of TLS 1.3 (`TLS_...`) and of TLS 1.2 in one. A version for which the
 * operator names none keeps ours; Node would switch that version off, and conductors may want no other.
 */
export function cipherList(wanted: string | null): string {
  const names = wanted?.split(/[:,\s]+/).filter((name) => name !== '') ?? [];
  const modern = names.filter((name) => name.startsWith('TLS_')).join(':') || modernSuites;
  const older = names.filter((name) => !name.startsWith('TLS_')).join(':') || olderSuites;
  return `${modern}:${older}`;
}
