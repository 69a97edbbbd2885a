import type { Link, VlanLink } from '../../tools/ip.ts';

/** What enable_vlan_interfaces comes to on this machine. */
export interface VlanPlan {
  readonly vlans: readonly VlanLink[];
  /** Why an entry gives nothing, one text each. */
  readonly refusals: readonly string[];
}

const highestVlan = 4094;
/** IFNAMSIZ of the kernel without its last byte. */
const longestName = 15;

/** The interfaces whose VLANs only the switch knows: every one for `all`, else those that are named without a number. */
export function linksToAsk(wanted: readonly string[], links: readonly Link[]): readonly string[] {
  const asking = wanted.filter((entry) => explicitVlan(entry, links) === null);
  return links
    .filter((link) => !link.isLoopback && asking.some((entry) => isAll(entry) || isNamed(entry, link)))
    .map(({ name }) => name);
}

/**
 * The interfaces to make. An entry is `interface.vlan`, `mac.vlan`, `interface`, `mac` or `all`; the VLANs of the last three are
 * those in `told`, by interface. What is there already is not made again.
 */
export function planVlans(
  wanted: readonly string[],
  links: readonly Link[],
  told: Readonly<Record<string, readonly number[]>>,
): VlanPlan {
  const found = wanted.map((entry) => vlansOf(entry, links, told));
  const existing = new Set(links.map(({ name }) => name));
  const fresh = found.flatMap(({ vlans }) => vlans).filter(({ name }) => !existing.has(name));
  const [good, tooLong] = [fresh.filter(hasGoodName), fresh.filter((vlan) => !hasGoodName(vlan))];
  return {
    vlans: [...new Map(good.map((vlan) => [vlan.name, vlan])).values()],
    refusals: [
      ...found.flatMap(({ refusals }) => refusals),
      ...tooLong.map(({ name }) => `${name}: expected a name of at most ${longestName} characters`),
    ],
  };
}

function vlansOf(entry: string, links: readonly Link[], told: Readonly<Record<string, readonly number[]>>): VlanPlan {
  const explicit = explicitVlan(entry, links);
  if (explicit) {
    const isVlan = explicit.vlan >= 1 && explicit.vlan <= highestVlan;
    return isVlan
      ? { vlans: [explicit], refusals: [] }
      : { vlans: [], refusals: [`${entry}: expected a VLAN from 1 to ${highestVlan}`] };
  }
  const asked = linksToAsk([entry], links);
  const vlans = asked.flatMap((link) => (told[link] ?? []).map((vlan) => vlanOn(link, vlan)));
  if (vlans.length > 0) return { vlans, refusals: [] };
  const expected =
    asked.length > 0 || isAll(entry)
      ? 'VLANs that the switch tells (LLDP), got none'
      : `an interface of this machine (${links.map(({ name }) => name).join(', ')})`;
  return { vlans, refusals: [`${entry}: expected ${expected}`] };
}

/** `eth0.7`, `aa:bb:cc:dd:ee:ff.7`; null where no interface is named before the last dot. */
function explicitVlan(entry: string, links: readonly Link[]): VlanLink | null {
  const { parent = '', digits = '' } = /^(?<parent>.+)\.(?<digits>\d{1,5})$/.exec(entry)?.groups ?? {};
  const link = links.find((candidate) => isNamed(parent, candidate));
  return link ? vlanOn(link.name, Number(digits)) : null;
}

function vlanOn(link: string, vlan: number): VlanLink {
  return { link, vlan, name: `${link}.${vlan}` };
}

function hasGoodName({ name }: VlanLink): boolean {
  return name.length <= longestName;
}

function isAll(entry: string): boolean {
  return entry.toLowerCase() === 'all';
}

function isNamed(text: string, { name, macAddress }: Link): boolean {
  return text === name || text.toLowerCase() === macAddress;
}
