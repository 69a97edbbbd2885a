import type { Question, ResourceRecord } from './dns-message.ts';

/** What is known of a service so far. */
export interface FoundService {
  /** Name of its server, with a dot at the end. */
  readonly target: string;
  readonly port: number;
  readonly addresses: readonly string[];
  /** The pairs of its TXT record (RFC 6763, 6.4): keys in lower case, the first of equal ones. */
  readonly properties: ReadonlyMap<string, string>;
}

/** What has to be asked next to know a service (RFC 6763, 12.2: the rest mostly comes along by itself); null: nothing. */
export function nextQuestions(instance: string, records: readonly ResourceRecord[]): readonly Question[] | null {
  const service = serviceIn(instance, records);
  const hasText = records.some(({ name, type }) => name === instance && type === 'TXT');
  if (!service || !hasText) {
    return [
      { name: instance, type: 'SRV' },
      { name: instance, type: 'TXT' },
    ];
  }
  const needsAddress = isLocalName(service.target) && service.addresses.length === 0;
  if (!needsAddress) return null;
  return [
    { name: service.target, type: 'A' },
    { name: service.target, type: 'AAAA' },
  ];
}

/** A name that only multicast DNS can resolve. */
export function isLocalName(name: string): boolean {
  return name.endsWith('.local.');
}

export function serviceIn(instance: string, records: readonly ResourceRecord[]): FoundService | null {
  const servers = records.filter((record) => record.type === 'SRV').filter(({ name }) => name === instance);
  const server = servers.toSorted((a, b) => a.priority - b.priority)[0];
  if (!server) return null;
  const addresses = records.flatMap((record) =>
    (record.type === 'A' || record.type === 'AAAA') && record.name === server.target ? [record.address] : [],
  );
  const text = records.filter((record) => record.type === 'TXT').find(({ name }) => name === instance);
  return {
    target: server.target,
    port: server.port,
    addresses: [...new Set(addresses)],
    properties: propertiesOf(text?.texts ?? []),
  };
}

function propertiesOf(texts: readonly Buffer[]): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const text of texts.map((bytes) => bytes.toString('utf8'))) {
    const equals = text.indexOf('=');
    const key = text.slice(0, equals).toLowerCase();
    if (equals > 0 && !properties.has(key)) properties.set(key, text.slice(equals + 1));
  }
  return properties;
}
