import type { Effect, RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'tee', package: 'coreutils' };

/**
 * Control files of the kernel that the agent writes, and what they mean (Documentation/admin-guide/sysrq.rst and
 * sysctl/vm.rst). Written by a program, not by ourselves, so that the safety latch is asked and the job log shows it.
 */
const controls = {
  dropCaches: { path: '/proc/sys/vm/drop_caches', text: '3', effect: 'kernel' },
  rebootNow: { path: '/proc/sysrq-trigger', text: 'b', effect: 'power' },
  powerOffNow: { path: '/proc/sysrq-trigger', text: 'o', effect: 'power' },
} as const satisfies Record<string, { path: string; text: string; effect: Effect['kind'] }>;

export type KernelControl = keyof typeof controls;

/** `dropCaches` frees clean page cache, dentries and inodes; the other two act at once, without any unmounting. */
export async function writeKernelControl(run: RunTool, control: KernelControl): Promise<void> {
  const { path, text, effect } = controls[control];
  await run({ program: need.program, args: [path], input: text, effect: { kind: effect } });
}
