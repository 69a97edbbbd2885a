import type { RunTool, ToolNeed } from '../core/tool.ts';
import { isObject } from '../errors/guards.ts';

export const need: ToolNeed = { program: 'lscpu', package: 'util-linux' };

/** Fields of lscpu(1) by their English names: `Model name`, `Socket(s)`, `Flags`, ... What is not known is not there. */
export type ProcessorFields = Readonly<Record<string, string>>;

export const lscpuArgs = ['--json'] as const;

/** Flattens the tree that newer versions make of it; of a name that comes twice (big and little cores) the first counts. */
export function parseProcessorFields(stdout: string): ProcessorFields {
  const { lscpu } = JSON.parse(stdout) as { readonly lscpu?: unknown };
  if (!Array.isArray(lscpu)) throw new Error(`lscpu: expected a list of fields, got ${stdout.slice(0, 200)}`);
  const fields = lscpu.flatMap(fieldsOf);
  return Object.fromEntries(fields.filter(([, value]) => value !== '' && value !== '-').reverse());
}

export async function readProcessorFields(run: RunTool): Promise<ProcessorFields> {
  const { stdout } = await run({ program: need.program, args: lscpuArgs, effect: { kind: 'read' } });
  return parseProcessorFields(stdout);
}

function fieldsOf(entry: unknown): readonly (readonly [string, string])[] {
  if (!isObject(entry)) return [];
  const { field, data, children } = entry;
  const below = Array.isArray(children) ? children.flatMap(fieldsOf) : [];
  if (typeof field !== 'string') return below;
  return [[field.replace(/:$/, ''), typeof data === 'string' ? data.trim() : ''], ...below];
}
