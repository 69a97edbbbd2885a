import { statSync } from 'node:fs';
import type { SafetyLatch } from '../core/safety-latch.ts';
import type { ToolCall } from '../core/tool.ts';

/**
 * Asks the latch for the effect that a call states, and for every block device among its arguments: a wrapper that states one
 * device and names another is stopped too. Throws SafetyLatchError.
 */
export function permitCall(call: ToolCall, latch: SafetyLatch): void {
  latch.permit(call.effect);
  if (latch.open || call.effect.kind === 'read') return;
  for (const path of call.args.flatMap(pathsIn)) {
    if (isBlockDevice(path)) latch.permit({ kind: 'device', device: path });
  }
}

/** `/dev/sda` in `/dev/sda`, `of=/dev/sda`, `--device=/dev/sda` and `/dev/sda,/dev/sdb`. */
function pathsIn(argument: string): readonly string[] {
  return [argument, ...argument.split(/[=,]/)].filter((text) => text.startsWith('/'));
}

function isBlockDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() ?? false;
}
