import pino, { type DestinationStream, type Logger } from 'pino';
import { redactSecrets, redactText } from './redact.ts';

export interface LoggerSettings {
  /** Which process is talking: `api`, `worker-storage`. */
  readonly name: string;
  readonly debug: boolean;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * The log of one process: one JSON object a line, secrets masked. Call it with the fields first and a static message
 * second. No pino transport is used, as those do not survive bundling.
 */
export function createLogger({ name, debug, destination }: LoggerSettings): Logger {
  const options: pino.LoggerOptions = {
    name,
    level: debug ? 'debug' : 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    // Errors are turned into plain objects by redactSecrets already.
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label) => ({ level: label }),
      bindings: ({ name: process, pid }) => ({ name: process, pid }),
      log: (fields) => redactSecrets(fields),
    },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((argument: unknown) => shown(argument)) as Parameters<typeof method>);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** A bare error as first argument becomes a field, as pino does by itself for errors that it can see. */
function shown(argument: unknown): unknown {
  if (typeof argument === 'string') return redactText(argument);
  return argument instanceof Error ? { err: argument } : argument;
}
