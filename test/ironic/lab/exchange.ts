/** One request and its answer between an agent and Ironic. */
export interface Exchange {
  /** Seconds since the tap was made. */
  readonly at: number;
  /** When it was answered, or was not. */
  readonly endedAt: number;
  readonly from: 'agent' | 'conductor';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As JSON; null where there was none. */
  readonly request: unknown;
  /** 0 where no answer came, or where it was kept back. */
  readonly status: number;
  /** As JSON; null where there was none. */
  readonly answer: unknown;
}

/** `clean.execute_clean_step` of a POST of the conductor; null for anything else. */
export function commandOf({ from, method, request }: Pick<Exchange, 'from' | 'method' | 'request'>): string | null {
  const name = fieldOf(request, 'name');
  return from === 'conductor' && method === 'POST' && typeof name === 'string' ? name : null;
}

/** The step that a command runs; null for a command that runs none. */
export function stepOf({ request }: Pick<Exchange, 'request'>): string | null {
  const step = fieldOf(fieldOf(fieldOf(request, 'params'), 'step'), 'step');
  return typeof step === 'string' ? step : null;
}

/** `get_clean_steps:SUCCEEDED` of each command in an answer to GET /v1/commands; empty for anything else. */
export function listedCommands({ answer }: Exchange): readonly string[] {
  const commands = fieldOf(answer, 'commands');
  if (!Array.isArray(commands)) return [];
  return commands.map((each) => `${fieldOf(each, 'command_name')}:${fieldOf(each, 'command_status')}`);
}

export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
