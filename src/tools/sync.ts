import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'sync', package: 'coreutils' };

/** A slow disk may take minutes to swallow what the page cache holds. */
const timeoutSeconds = 600;

/** Writes all file system buffers to their disks. It changes no content, so its effect is `read`. */
export async function syncFileSystems(run: RunTool): Promise<void> {
  await run({ program: need.program, args: [], effect: { kind: 'read' }, timeoutSeconds });
}
