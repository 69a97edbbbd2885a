import { dhcpFolders } from './dhcp-server.ts';
import type { LabNetwork } from './lab-network.ts';

/** Where things are as Ironic sees them. */
export interface MetalPlace {
  readonly network: LabNetwork;
  /** Of the API, as agents are told it. */
  readonly apiUrl: string;
  /** Of the web server with what machines boot. */
  readonly httpUrl: string;
  /** A file below Ironic's directory. */
  readonly pathInside: (name: string) => string;
}

/**
 * What ironic.conf says more for machines that have a BMC and boot over the network: the hardware type "ipmi", boot files that Ironic
 * itself writes, and dnsmasq. Where an option comes twice, the last one counts.
 */
export function metalConf({ network, apiUrl, httpUrl, pathInside }: MetalPlace): string {
  return `
[DEFAULT]
enabled_hardware_types = ipmi
enabled_power_interfaces = ipmitool
enabled_management_interfaces = ipmitool
enabled_boot_interfaces = ipxe
default_power_interface = ipmitool
default_management_interface = ipmitool
default_boot_interface = ipxe
default_inspect_interface = agent
[service_catalog]
endpoint_override = ${apiUrl}
[dhcp]
dhcp_provider = dnsmasq
[dnsmasq]
dhcp_hostsdir = ${pathInside(dhcpFolders.hosts)}
dhcp_optsdir = ${pathInside(dhcpFolders.options)}
dhcp_leasefile = ${pathInside(dhcpFolders.leases)}
[deploy]
http_url = ${httpUrl}
[pxe]
tftp_server = ${network.bootAddress}
kernel_append_params = console=ttyS0 systemd.journald.forward_to_console=1 systemd.show_status=0
[ipmi]
min_command_interval = 1
command_retry_timeout = 30
cipher_suite_versions = 3
[conductor]
sync_power_state_interval = 30
power_state_change_timeout = 30
`;
}
