import { randomInt } from 'node:crypto';
import { errorText } from '../../errors/guards.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { IronicLog } from '../ironic-log.ts';
import { encodeQuery, parseAnswer, type Question, type ResourceRecord } from './dns-message.ts';
import { DnsFormatError } from './dns-name.ts';
import { type FoundService, nextQuestions, serviceIn } from './found-service.ts';
import { type LinkSocket, openLinkSockets } from './multicast-sockets.ts';

export interface ServiceSearch {
  /** `baremetal`: the instance of `_openstack._tcp` that is looked for. */
  readonly service: string;
  readonly attempts: number;
  /** Own addresses to ask from; empty: of all interfaces. */
  readonly interfaces: readonly string[];
  /** Only tests have another. */
  readonly port?: number;
  readonly secondsPerAttempt?: number;
}

/** As many as one answer may bring; a flood of them is nobody's service. */
const mostRecords = 500;
const standardPort = 5353;

/**
 * Asks the links of this machine for a service by multicast DNS (RFC 6762, RFC 6763): a few times, each time for three seconds
 * or until everything is known. Throws an Error that says how often and where it asked.
 */
export async function findService(
  search: ServiceSearch,
  log: IronicLog,
  clock: Clock = systemClock,
): Promise<FoundService> {
  const instance = `${search.service}._openstack._tcp.local.`;
  let asked = 'no interface with an address';
  for (let attempt = 0; attempt < search.attempts; attempt += 1) {
    if (attempt > 0) await clock.sleep(0.1 * 2 ** (attempt - 1));
    // Opened anew each time: an interface may have got its address in the meantime.
    const sockets = await openLinkSockets(search.interfaces);
    try {
      const records = await ask(instance, sockets, search, log);
      const service = serviceIn(instance, records);
      if (service && nextQuestions(instance, records) === null) return service;
      asked = sockets.map(({ name }) => name).join(', ') || asked;
    } finally {
      for (const { socket } of sockets) socket.close();
    }
    log.warn({ instance, attempt: attempt + 1, asked }, 'no answer by multicast DNS');
  }
  throw new Error(`${instance}: no answer by multicast DNS after ${search.attempts} attempts (asked: ${asked})`);
}

/** Everything that was answered until the service is known, or the time is over. */
async function ask(
  instance: string,
  sockets: readonly LinkSocket[],
  { port = standardPort, secondsPerAttempt = 3 }: ServiceSearch,
  log: IronicLog,
): Promise<readonly ResourceRecord[]> {
  const records: ResourceRecord[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, secondsPerAttempt * 1000);
  const id = randomInt(1, 0x10000);
  let open = '';
  const send = (questions: readonly Question[]): void => {
    open = JSON.stringify(questions);
    for (const { socket, group, name } of sockets) {
      socket.send(encodeQuery(id, questions), port, group, (error) => {
        if (error) log.warn({ name, reason: errorText(error) }, 'multicast DNS cannot be asked here');
      });
    }
  };
  for (const { socket, name } of sockets) {
    socket.on('error', (error) => log.warn({ name, reason: errorText(error) }, 'multicast DNS cannot be asked here'));
    socket.on('message', (message, sender) => {
      // RFC 6762, 6: what comes from another port is no answer. Nor is what does not carry the number of the question.
      if (sender.port !== port || message.length < 2 || message.readUInt16BE(0) !== id) return;
      records.push(...recordsOf(message, log));
      const next = nextQuestions(instance, records);
      if (next === null || records.length > mostRecords) resolve();
      else if (JSON.stringify(next) !== open) send(next);
    });
  }
  const first = nextQuestions(instance, []);
  if (first) send(first);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
  return records;
}

function recordsOf(message: Buffer, log: IronicLog): readonly ResourceRecord[] {
  try {
    return parseAnswer(message);
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    log.debug({ reason: errorText(error) }, 'an answer that is no DNS');
    return [];
  }
}
