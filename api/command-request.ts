import type { AnyCommand } from '../src/core/command.ts';
import type { RequestedStep } from '../src/core/ironic-node.ts';
import {
  InvalidCommandError,
  InvalidCommandParamsError,
  InvalidContentError,
  RequestedObjectNotFoundError,
} from '../src/errors/catalogue.ts';

/** A command that may be accepted: known, with parameters of the right shape. */
export interface CommandRequest {
  readonly command: AnyCommand;
  /** Validated, with the defaults of the schema. */
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Checks the body of a POST against the catalogue. Throws, with nothing stored: InvalidContentError (no name or params),
 * InvalidCommandError (no such command), RequestedObjectNotFoundError (no such extension), InvalidCommandParamsError.
 */
export function parseCommandRequest(body: unknown, catalogue: ReadonlyMap<string, AnyCommand>): CommandRequest {
  const { name, params } = nameAndParams(body);
  const command = catalogue.get(name);
  if (!command) throw unknownCommand(name, catalogue);
  const { value, error } = command.params.validate(params, { convert: false, errors: { wrap: { label: "'" } } });
  if (error) throw new InvalidCommandParamsError(error.message, { cause: error });
  return { command, params: value as Record<string, unknown> };
}

/** The step that a command asks for; null where it is not about one. */
export function requestedStep({ command, params }: CommandRequest): RequestedStep | null {
  return command.handling.kind === 'as-step' ? (params['step'] as RequestedStep) : null;
}

function nameAndParams(body: unknown): { readonly name: string; readonly params: object } {
  if (isObject(body)) {
    const { name, params } = body as { readonly name?: unknown; readonly params?: unknown };
    if (typeof name === 'string' && isObject(params)) return { name, params };
  }
  throw new InvalidContentError('Missing or invalid name or params');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownCommand(name: string, catalogue: ReadonlyMap<string, AnyCommand>): Error {
  const shown = name.slice(0, 100);
  const dot = shown.indexOf('.');
  if (dot === -1) return new InvalidCommandError(`Command name '${shown}' must be of the form extension.name`);
  const extension = shown.slice(0, dot);
  const known = [...catalogue.keys()].some((key) => key.startsWith(`${extension}.`));
  return known
    ? new InvalidCommandError(`Unknown command: ${shown.slice(dot + 1)}`)
    : new RequestedObjectNotFoundError(`Extension with id ${extension} not found.`);
}
