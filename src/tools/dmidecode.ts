import type { RunTool, ToolNeed } from '../core/tool.ts';

/**
 * Its labels and its wording are what consumers of an inspection look for, so the tables of the firmware are read by it and not
 * by a parser of our own.
 */
export const need: ToolNeed = { program: 'dmidecode', package: 'dmidecode', optional: true };

/** Structures of the SMBIOS specification (DSP0134), by their type. */
export const dmiTypes = { bios: 0, processor: 4, memoryArray: 16, memoryDevice: 17 } as const;

/** One structure: values by the labels of dmidecode; a list where it prints one. */
export interface DmiStructure {
  readonly type: number;
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
}

export const dmidecodeArgs: readonly string[] = Object.values(dmiTypes).flatMap((type) => ['--type', String(type)]);

/** Throws ToolError where there are no tables, or no dmidecode. */
export async function readDmi(run: RunTool): Promise<readonly DmiStructure[]> {
  const { stdout } = await run({ program: need.program, args: dmidecodeArgs, effect: { kind: 'read' } });
  return parseDmidecode(stdout);
}

/** Parses the text of dmidecode 3: a line with the type, a title, then fields one tab in and the items of a list two tabs in. */
export function parseDmidecode(stdout: string): readonly DmiStructure[] {
  return stdout.split(/\n(?=Handle 0x)/).flatMap((block) => {
    const [head = '', , ...lines] = block.split('\n');
    const [, type] = /^Handle 0x[0-9A-F]+, DMI type (\d+),/.exec(head) ?? [];
    return type === undefined ? [] : [{ type: Number(type), fields: parseFields(lines) }];
  });
}

function parseFields(lines: readonly string[]): DmiStructure['fields'] {
  const fields = new Map<string, string | readonly string[]>();
  let label: string | null = null;
  for (const line of lines) {
    const [, name, value = ''] = /^\t([^\t:][^:]*):\s*(.*)$/.exec(line) ?? [];
    const [, item] = /^\t\t\s*(\S.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set(name, value);
    else if (item !== undefined && label !== null)
      fields.set(label, [fields.get(label) ?? [], item].flat().filter(Boolean));
    label = name ?? label;
  }
  return Object.fromEntries(fields);
}
