import type { RunTool, ToolNeed } from '../core/tool.ts';
import { numberOf, nvmeStatusOf, objectOf, parseObject } from './nvme-answer.ts';

export const need: ToolNeed = { program: 'nvme', package: 'nvme-cli' };

/**
 * Lists of Identify (NVM Express Base Specification 2.0, figure 273). `allocated` (CNS 10h): all of the subsystem, attached or not;
 * drives without Namespace Management need not have it. `active` (CNS 02h): those attached to the controller that is asked.
 */
export type NamespaceList = 'allocated' | 'active';

const command = 'list-ns';

export function listNamespacesArgs(device: string, list: NamespaceList): readonly string[] {
  return [command, device, ...(list === 'allocated' ? ['--all'] : []), '--output-format=json'];
}

/** Namespace IDs, as the drive orders them. Throws on an unknown shape. */
export function parseNamespaceList(stdout: string): readonly number[] {
  const list = parseObject(command, stdout)['nsid_list'];
  if (!Array.isArray(list)) throw new Error(`nvme ${command} gave no nsid_list: ${stdout.slice(0, 200)}`);
  return list.map((entry) => numberOf(command, objectOf(command, entry), 'nsid'));
}

/** null where the drive refuses to tell. Throws ToolError where it does not answer at all, Error for an unknown shape. */
export async function listNvmeNamespaceIds(
  run: RunTool,
  device: string,
  list: NamespaceList,
): Promise<readonly number[] | null> {
  try {
    const args = listNamespacesArgs(device, list);
    return parseNamespaceList((await run({ program: need.program, args, effect: { kind: 'read' } })).stdout);
  } catch (error) {
    if (nvmeStatusOf(error) === null) throw error;
    return null;
  }
}
