import { ConfigurationError } from '../errors/catalogue.ts';

/** sd_listen_fds(3), SD_LISTEN_FDS_START: the first descriptor that is handed over. */
const firstDescriptor = 3;

/**
 * The listening socket that whoever started this process holds for it, by the protocol of sd_listen_fds(3); null where there is none.
 * Throws ConfigurationError for more than one.
 */
export function passedListeningSocket(
  env: Readonly<Record<string, string | undefined>> = process.env,
  pid = process.pid,
): number | null {
  if (env['LISTEN_PID'] !== String(pid)) return null; // it was meant for a process before us
  const count = Number(env['LISTEN_FDS']);
  if (count === 1) return firstDescriptor;
  throw new ConfigurationError(`LISTEN_FDS: expected 1 socket, got ${env['LISTEN_FDS'] ?? 'none'}`);
}

/**
 * The same from the other side: a program and its arguments, with sh(1) in front, which tells it its own process id. The socket has to
 * be the first descriptor after standard error.
 */
export function withListeningSocket(command: readonly string[]): {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  return { command: ['sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...command], env: { LISTEN_FDS: '1' } };
}
