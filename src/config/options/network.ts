import { defineOption } from '../option.ts';
import { listOf, optionalOneOf, optionalPort, optionalText, seconds, wholeNumber } from '../option-types.ts';

/** Options about the addresses of the machine, as Ironic gets to see them. */
export const networkOptions = {
  advertiseHost: defineOption({
    name: 'advertise_host',
    kernelParameter: 'ipa-advertise-host',
    type: optionalText,
    default: null,
    help: 'Address that Ironic is told to call; by default the one that the way to Ironic starts from.',
  }),
  advertisePort: defineOption({
    name: 'advertise_port',
    kernelParameter: 'ipa-advertise-port',
    type: optionalPort,
    default: null,
    help: 'Port that Ironic is told to call; by default the one that is listened on.',
  }),
  advertiseProtocol: defineOption({
    name: 'advertise_protocol',
    kernelParameter: 'ipa-advertise-protocol',
    type: optionalOneOf('http', 'https'),
    default: null,
    help: 'Protocol that Ironic is told to use; by default the one that is served.',
  }),
  ipLookupAttempts: defineOption({
    name: 'ip_lookup_attempts',
    kernelParameter: 'ipa-ip-lookup-attempts',
    type: wholeNumber(1),
    default: 6,
    help: 'How often to look for the address to advertise.',
  }),
  ipLookupSleepSeconds: defineOption({
    name: 'ip_lookup_sleep',
    kernelParameter: 'ipa-ip-lookup-timeout',
    type: seconds(0),
    default: 10,
    help: 'Seconds between two looks for the address to advertise.',
  }),
  networkInterface: defineOption({
    name: 'network_interface',
    kernelParameter: 'ipa-network-interface',
    type: optionalText,
    default: null,
    help: 'Network interface whose address is advertised.',
  }),
  macAddresses: defineOption({
    name: 'mac_addresses',
    kernelParameter: null,
    type: listOf(/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/, 'MAC addresses with colons, separated by commas'),
    default: [],
    help: 'MAC addresses to look the node up by instead of those of the machine.',
  }),
  pxeInterface: defineOption({
    name: 'pxe_interface',
    kernelParameter: 'BOOTIF',
    type: optionalText,
    default: null,
    help: 'The interface that the machine was booted from, as the boot loader names it (01-aa-bb-cc-dd-ee-ff).',
  }),
  enableVlanInterfaces: defineOption({
    name: 'enable_vlan_interfaces',
    kernelParameter: 'ipa-enable-vlan-interfaces',
    type: listOf(/^[^\s/,]{1,32}$/, 'interface.vlan, mac.vlan, interface or all, separated by commas'),
    default: [],
    help: 'VLAN interfaces to make; an interface without a number, or all, takes the VLANs that LLDP tells.',
  }),
};
