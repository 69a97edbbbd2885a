import pino from 'pino';
import { IdentityStore } from '../../api/identity.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { createLogger } from '../../src/log/logger.ts';
import { Children } from './children.ts';
import { HeldPort } from './held-port.ts';
import type { Prepared } from './prepare.ts';
import { agentProcesses } from './process-table.ts';

/** What the api says: that it serves, and where, that it never will again, or something that a person should read. */
type ApiMessage = {
  readonly ready?: true;
  readonly url?: string;
  readonly serviceEnded?: true;
  readonly notice?: string;
};

/** Starts every process of an agent in the foreground, prints one line when all are ready, ends on a signal. */
export async function runAgent({ config, state, warnings }: Prepared): Promise<void> {
  if (process.getuid?.() !== 0) throw new ConfigurationError('the agent works on block devices: expected root');
  const logger = createLogger({ name: 'agent', debug: config.debug, destination: pino.destination(2) });
  for (const warning of warnings) logger.warn(warning);

  const children = new Children();
  const port = new HeldPort(config.listenHost, config.listenPort || (new IdentityStore(state).current.port ?? 0));
  const specs = agentProcesses(config, state);
  const waiting = new Set(specs.map(({ name }) => name).filter((name) => name !== 'redis'));
  const ready = Promise.withResolvers<string>();
  let url = '';
  children.on('message', (name, said) => {
    const { url: where = url, notice = null, serviceEnded = false } = name === 'api' ? (said as ApiMessage) : {};
    if (serviceEnded) {
      port.giveUp();
      return;
    }
    if (notice !== null) {
      process.stdout.write(`ironhand agent: ${notice}\n`);
      return;
    }
    if (name === 'api') port.served();
    url = where;
    waiting.delete(name);
    if (waiting.size === 0) ready.resolve(url);
  });
  children.on('died', (name, how) => {
    logger.warn({ process: name, how }, 'process ended; starting it again');
    if (name === 'api') port.waits();
    if (waiting.size > 0) ready.reject(new Error(`${name} did not come up: ${how}`));
  });

  const stopped = new Promise<void>((resolve, reject) => {
    const stop = (): void => void children.stop('redis').then(resolve, reject);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
    ready.promise.catch((error: unknown) => void children.stop('redis').then(() => reject(error), reject));
  });
  for (const spec of specs) children.start(spec, spec.name === 'api' ? port : null);
  ready.promise.then(
    (address) =>
      process.stdout.write(`ironhand agent is ready on ${address} (pid ${process.pid}, state ${state.root})\n`),
    () => undefined,
  );
  await stopped;
}
