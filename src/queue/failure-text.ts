import { AgentError, type WireError } from '../errors/agent-error.ts';
import { CommandExecutionError, errorCatalogue } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';

/**
 * How a failed job keeps its error: `Type: details`, which reads well on the dashboard and holds all that the wire form
 * needs, since code and message belong to the type.
 */
export function failureText(error: unknown): string {
  const known = error instanceof AgentError ? error : new CommandExecutionError(errorText(error), { cause: error });
  return `${known.kind.type}: ${known.details}`;
}

/** The wire error of a failed job; a text that no catalogue row begins is a CommandExecutionError. */
export function parseFailure(text: string): WireError {
  const [, type = '', details = ''] = /^(\w+): ([\s\S]*)$/.exec(text) ?? [];
  const errorClass = errorCatalogue.get(type);
  return errorClass ? new errorClass(details).toWire() : new CommandExecutionError(text).toWire();
}
