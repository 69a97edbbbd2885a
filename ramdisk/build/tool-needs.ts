import { globSync } from 'node:fs';
import path from 'node:path';
import type { ToolNeed } from '../../src/core/tool.ts';

const toolsDir = path.join(import.meta.dirname, '../../src/tools');

/** What the wrappers of src/tools declare, by program: a wrapper without its program cannot get into a ramdisk. */
export async function toolNeeds(): Promise<readonly ToolNeed[]> {
  const needs = new Map<string, ToolNeed>();
  for (const file of globSync('*.ts', { cwd: toolsDir }).sort()) {
    const { need } = (await import(path.join(toolsDir, file))) as { need?: ToolNeed };
    if (need) needs.set(need.program, need);
  }
  return [...needs.values()];
}
