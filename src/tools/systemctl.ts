import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'systemctl', package: 'systemd' };

/** systemd-networkd-wait-online gives up before (ramdisk/root/usr/lib/systemd/system/systemd-networkd-wait-online.service.d). */
const waitSeconds = 120;

/**
 * Waits until a port of the machine has an address, or until systemd has given up on that; systemctl(1): `start` returns when the unit
 * is started. Only for a ramdisk: elsewhere the network is somebody else's.
 */
export async function waitForNetwork(run: RunTool): Promise<void> {
  const args = ['start', 'network-online.target'];
  await run({ program: need.program, args, effect: { kind: 'network' }, timeoutSeconds: waitSeconds });
}
