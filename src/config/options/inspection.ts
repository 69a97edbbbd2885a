import { defineOption } from '../option.ts';
import { decimalSeconds, listOf, seconds, toggle, urlsOrMdns } from '../option-types.ts';

const names = (of: string) => listOf(/^[a-z0-9_-]+$/, `names of ${of}, separated by commas`);

/** Options about the inspection of the machine. */
export const inspectionOptions = {
  inspectionCallbackUrls: defineOption({
    name: 'inspection_callback_url',
    kernelParameter: 'ipa-inspection-callback-url',
    type: urlsOrMdns,
    default: [],
    help: 'Where the inspection is posted to; by default the Ironic API, if inspection_collectors is given. mdns asks the network.',
  }),
  inspectionCollectors: defineOption({
    name: 'inspection_collectors',
    kernelParameter: 'ipa-inspection-collectors',
    type: names('collectors'),
    default: [],
    help: 'What an inspection collects; by default default,logs.',
  }),
  inspectionDhcpWaitTimeoutSeconds: defineOption({
    name: 'inspection_dhcp_wait_timeout',
    kernelParameter: 'ipa-inspection-dhcp-wait-timeout',
    type: seconds(0),
    default: 60,
    help: 'Seconds to wait for the boot interface to have an address before the inspection.',
  }),
  inspectionDhcpAllInterfaces: defineOption({
    name: 'inspection_dhcp_all_interfaces',
    kernelParameter: 'ipa-inspection-dhcp-all-interfaces',
    type: toggle,
    default: false,
    help: 'Wait for all interfaces to have an address, not only for the one booted from.',
  }),
  inspectionBenchmarks: defineOption({
    name: 'inspection_benchmarks',
    kernelParameter: 'ipa-inspection-benchmarks',
    type: names('benchmarks (cpu, disk, mem)'),
    default: [],
    help: 'What the collector extra-hardware measures.',
  }),
  introspectionDaemon: defineOption({
    name: 'introspection_daemon',
    kernelParameter: null,
    type: toggle,
    default: false,
    help: 'Inspect and post again and again instead of once.',
  }),
  introspectionDaemonPostIntervalSeconds: defineOption({
    name: 'introspection_daemon_post_interval',
    kernelParameter: null,
    type: seconds(0),
    default: 300,
    help: 'Seconds between two inspections of introspection_daemon.',
  }),
  lldpTimeoutSeconds: defineOption({
    name: 'lldp_timeout',
    kernelParameter: 'ipa-lldp-timeout',
    type: decimalSeconds,
    default: 30,
    help: 'Seconds to wait for the LLDP frame of a switch.',
  }),
  collectLldp: defineOption({
    name: 'collect_lldp',
    kernelParameter: 'ipa-collect-lldp',
    type: toggle,
    default: false,
    help: 'Ask for LLDP with every interface of the inventory.',
  }),
};
