import type { LldpTlv } from './tlvs.ts';

const organizationSpecific = 127;

/** The OUI of IEEE 802.1 and the subtype of a VLAN name (IEEE 802.1Q-2018, D.2.3); the number of the VLAN comes next. */
const vlanName = /^0080c203([0-9a-f]{4})/;

const highestVlan = 4094;

/**
 * The VLANs that a switch names as tagged on its port, each once, in its order. The port VLAN (subtype 1) is none of them: its
 * frames carry no tag, so an interface for it would stay silent.
 */
export function vlansInLldp(tlvs: readonly LldpTlv[]): readonly number[] {
  const named = tlvs.flatMap(([type, hex]) => {
    const [, digits] = (type === organizationSpecific && vlanName.exec(hex.toLowerCase())) || [];
    const vlan = Number.parseInt(digits ?? '', 16);
    return vlan >= 1 && vlan <= highestVlan ? [vlan] : [];
  });
  return [...new Set(named)];
}
