import type { RunTool, ToolNeed } from '../core/tool.ts';
import { isObject } from '../errors/guards.ts';

export const need: ToolNeed = { program: 'ip', package: 'iproute2' };

/** A network interface as ip(8) tells of it. */
export interface LinkAddresses {
  readonly name: string;
  /** The address that the card was made with; null where it is the one in use, or where the driver does not tell. */
  readonly permanentAddress: string | null;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

export const addressArgs = ['-json', '-details', 'address', 'show'] as const;

export function parseAddresses(stdout: string): readonly LinkAddresses[] {
  const links: unknown = JSON.parse(stdout);
  if (!Array.isArray(links)) throw new Error(`ip: expected a list of interfaces, got ${stdout.slice(0, 200)}`);
  return links.filter(isObject).map((link) => ({
    name: String(link['ifname']),
    permanentAddress: typeof link['permaddr'] === 'string' ? link['permaddr'] : null,
    ipv4: localAddresses(link, 'inet'),
    ipv6: localAddresses(link, 'inet6'),
  }));
}

export async function readAddresses(run: RunTool): Promise<readonly LinkAddresses[]> {
  const { stdout } = await run({ program: need.program, args: addressArgs, effect: { kind: 'read' } });
  return parseAddresses(stdout);
}

function localAddresses(link: Readonly<Record<string, unknown>>, family: string): readonly string[] {
  const addresses: readonly unknown[] = Array.isArray(link['addr_info']) ? link['addr_info'] : [];
  return addresses.filter(isObject).flatMap((each) => (each['family'] === family ? String(each['local']) : []));
}
