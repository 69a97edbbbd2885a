import type { StepContext } from '../../core/job-context.ts';
import { isObject } from '../../errors/guards.ts';
import { InjectionError } from './injection-error.ts';

/** What an address may speak of. */
export type AddressValues = Pick<StepContext, 'node' | 'ports'>;

const piece = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const field = /^(node|ports)((?:\[[^[\]]+\])+)$/;

/**
 * Fills `{node[uuid]}`, `{node[properties][serial]}` and `{ports[0][address]}` into an address; `{{` and `}}` stand for braces.
 * This is the part of Python's format strings ("Format String Syntax" in its library reference) that ironic-python-agent's users
 * write; values go in as they are. Throws InjectionError that never repeats a value.
 */
export function formatAddress(template: string, values: AddressValues): string {
  return template.replace(piece, (text: string, name: string | undefined) => {
    if (text === '{{' || text === '}}') return text.charAt(0);
    const [, source, keys] = field.exec(name ?? '') ?? [];
    if ((source !== 'node' && source !== 'ports') || keys === undefined) {
      throw new InjectionError(
        `${text} in its address is not understood; expected {node[...]}, {ports[...]}, {{ or }}`,
      );
    }
    return textOf(lookUp(values[source], keys.slice(1, -1).split('][')), text);
  });
}

function lookUp(source: unknown, keys: readonly string[]): unknown {
  return keys.reduce((value: unknown, key) => {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    // Only the items of a list have names that are numbers: "length" is none of them.
    return Array.isArray(value) && !/^\d+$/.test(key) ? undefined : value[key];
  }, source);
}

function textOf(value: unknown, text: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const found = value === undefined ? 'nothing' : isObject(value) ? 'more than one value' : String(value);
  throw new InjectionError(`${text} in its address: expected a text or a number, found ${found}`);
}
