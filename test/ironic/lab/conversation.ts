import { commandOf, type Exchange, listedCommands, stepOf } from './exchange.ts';

/**
 * A conversation in lines that can be compared with those of another agent: what the conductor was made to do, and what it was told.
 * What depends on the speed of an agent is left out: lookups before the node could be found, heartbeats (they have rules of their
 * own), and looks at a command that still runs.
 */
export function condense(exchanges: readonly Exchange[]): readonly string[] {
  const lines = exchanges.flatMap(lineOf);
  return lines.filter((line, index) => line !== lines[index - 1]);
}

function lineOf(exchange: Exchange): readonly string[] {
  const { from, method, path, status } = exchange;
  if (from === 'agent') return path === '/v1/lookup' && status === 200 ? ['> lookup'] : ownRequest(exchange);
  const command = commandOf(exchange);
  if (command !== null) return [`< ${[command, stepOf(exchange)].filter(Boolean).join(' ')}${failure(exchange)}`];
  const listed = listedCommands(exchange);
  if (method !== 'GET' || listed.at(-1)?.endsWith(':RUNNING')) return [];
  return [`< look: ${status === 0 ? 'nobody there' : (listed.at(-1) ?? 'nothing')}`];
}

function ownRequest({ path, method, status }: Exchange): readonly string[] {
  return path === '/v1/lookup' || path.startsWith('/v1/heartbeat/') || path === '/'
    ? []
    : [`> ${method} ${path} ${status}`];
}

function failure({ status }: Exchange): string {
  return status === 200 ? '' : ` -> ${status}`;
}

/** When heartbeats were accepted: seconds. */
export function heartbeatTimes(exchanges: readonly Exchange[]): readonly number[] {
  return exchanges
    .filter(({ from, path, status }) => from === 'agent' && path.startsWith('/v1/heartbeat/') && status === 202)
    .map(({ at }) => at);
}
