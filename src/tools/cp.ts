import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'cp', package: 'coreutils' };

export interface AttributesRequest {
  /** Device whose file system both files are in. */
  readonly device: string;
  readonly from: string;
  /** Exists already; its content stays. */
  readonly to: string;
}

/** Permissions with their access lists, and extended attributes, the labels of SELinux among them. */
export function copyAttributesArgs({ from, to }: AttributesRequest): readonly string[] {
  return ['--attributes-only', '--no-dereference', '--preserve=mode,xattr', '--', from, to];
}

/** Node knows no extended attributes. Throws ToolError. */
export async function copyAttributes(run: RunTool, request: AttributesRequest): Promise<void> {
  const effect = { kind: 'device', device: request.device } as const;
  await run({ program: need.program, args: copyAttributesArgs(request), effect });
}
