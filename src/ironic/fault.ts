import type { HttpAnswer } from './http-client.ts';

/** Status and reason of an answer, for an error message: Ironic wraps the fault in a text inside an object. */
export function describeAnswer(answer: HttpAnswer): string {
  const reason = faultText(answer.json) ?? answer.text.trim().slice(0, 200);
  return reason ? `${answer.status} ${reason}` : String(answer.status);
}

function faultText(body: unknown): string | null {
  const wrapped = fieldOf(body, 'error_message');
  const inner = typeof wrapped === 'string' ? parseQuietly(wrapped) : wrapped;
  const text = fieldOf(inner, 'faultstring') ?? fieldOf(inner, 'description') ?? wrapped;
  return typeof text === 'string' && text !== '' ? text : null;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
