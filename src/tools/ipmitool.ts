import type { RunTool, ToolCall, ToolNeed } from '../core/tool.ts';
import { ToolError } from '../errors/tool-error.ts';

export const need: ToolNeed = { program: 'ipmitool', package: 'ipmitool' };

/** The channels that a BMC may have a LAN on. IPMI 2.0, 6.3: 1 to 11; the others have fixed meanings. */
export const lanChannels = Array.from({ length: 11 }, (_, index) => index + 1);

/** What a channel says of IPv4. */
export interface LanSettings {
  /** `0.0.0.0` for none. */
  readonly ipv4: string | null;
  readonly mac: string | null;
}

export function lanArgs(channel: number): readonly string[] {
  return ['lan', 'print', String(channel)];
}

export function lan6Args(channel: number): readonly string[] {
  return ['lan6', 'print', String(channel)];
}

export function parseLan(stdout: string): LanSettings {
  return {
    ipv4: /^IP Address\s*:\s*([0-9.]+)\s*$/m.exec(stdout)?.[1] ?? null,
    mac: /^MAC Address\s*:\s*([0-9a-f:]{17})\s*$/im.exec(stdout)?.[1]?.toLowerCase() ?? null,
  };
}

/** The address that is in use: a static one first, a link-local one last; null for none, and where IPv6 is switched off. */
export function parseLan6(stdout: string): string | null {
  if (/^IPv6\/IPv4 Addressing Enables:\s*ipv4\s*$/m.test(stdout)) return null;
  const blocks = stdout.split(/^(?=\S)/m).filter((block) => /^IPv6 (?:Static|Dynamic) Address \d+:/.test(block));
  const addresses = blocks.flatMap((block) => {
    const address = /^\s+Address:\s*([0-9a-f:]+)\/\d+\s*$/im.exec(block)?.[1];
    const isUsed = address !== undefined && address !== '::' && /^\s+Status:\s*active/m.test(block);
    return isUsed ? [{ address, rank: rankOf(block, address) }] : [];
  });
  return addresses.sort((a, b) => a.rank - b.rank)[0]?.address ?? null;
}

function rankOf(block: string, address: string): number {
  if (/^fe80:/i.test(address)) return 2;
  return block.startsWith('IPv6 Static') ? 0 : 1;
}

/** null where the channel is none, or has no LAN. */
export async function readLan(run: RunTool, channel: number, limits: CallLimits): Promise<LanSettings | null> {
  const stdout = await ask(run, lanArgs(channel), limits);
  return stdout === null ? null : parseLan(stdout);
}

export async function readLan6(run: RunTool, channel: number, limits: CallLimits): Promise<string | null> {
  const stdout = await ask(run, lan6Args(channel), limits);
  return stdout === null ? null : parseLan6(stdout);
}

type CallLimits = Required<Pick<ToolCall, 'timeoutSeconds'>>;

async function ask(run: RunTool, args: readonly string[], limits: CallLimits): Promise<string | null> {
  try {
    return (await run({ program: need.program, args, effect: { kind: 'read' }, ...limits })).stdout;
  } catch (error) {
    if (error instanceof ToolError && error.exitCode !== null && !/Could not open device/.test(error.message))
      return null;
    throw error;
  }
}
