import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'ip', package: 'iproute2' };

/** A network interface of this network namespace (netdevice(7)). */
export interface Link {
  readonly name: string;
  /** As the administrator set it; nothing about the cable. */
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  /** In lower case; null where the link has none. */
  readonly macAddress: string | null;
}

/** An interface of its own for the frames of one VLAN on another. */
export interface VlanLink {
  readonly link: string;
  readonly vlan: number;
  readonly name: string;
}

export function listLinksArgs(): readonly string[] {
  return ['-json', 'link', 'show'];
}

function setLinkDownArgs(name: string): readonly string[] {
  return ['link', 'set', 'dev', name, 'down'];
}

function setLinkUpArgs(name: string): readonly string[] {
  return ['link', 'set', 'dev', name, 'up'];
}

function addVlanArgs({ link, vlan, name }: VlanLink): readonly string[] {
  return ['link', 'add', 'link', link, 'name', name, 'type', 'vlan', 'id', String(vlan)];
}

/** Throws on an unknown shape. */
export function parseLinks(stdout: string): readonly Link[] {
  const links: unknown = JSON.parse(stdout);
  if (!Array.isArray(links)) throw new Error(`ip gave no list of links: ${stdout.slice(0, 200)}`);
  return links.map(parseLink);
}

function parseLink(link: Readonly<Record<string, unknown>>): Link {
  const { ifname: name, flags, address } = link;
  if (typeof name !== 'string' || !Array.isArray(flags)) {
    throw new Error(`ip gave an unknown link: ${JSON.stringify(link)}`);
  }
  return {
    name,
    isUp: flags.includes('UP'),
    isLoopback: flags.includes('LOOPBACK'),
    macAddress: typeof address === 'string' ? address.toLowerCase() : null,
  };
}

/** Every interface, the loopback one among them. */
export async function listLinks(run: RunTool): Promise<readonly Link[]> {
  const { stdout } = await run({ program: need.program, args: listLinksArgs(), effect: { kind: 'read' } });
  return parseLinks(stdout);
}

export async function setLinkDown(run: RunTool, name: string): Promise<void> {
  await run({ program: need.program, args: setLinkDownArgs(name), effect: { kind: 'network' } });
}

export async function setLinkUp(run: RunTool, name: string): Promise<void> {
  await run({ program: need.program, args: setLinkUpArgs(name), effect: { kind: 'network' } });
}

export async function addVlan(run: RunTool, vlan: VlanLink): Promise<void> {
  await run({ program: need.program, args: addVlanArgs(vlan), effect: { kind: 'network' } });
}
