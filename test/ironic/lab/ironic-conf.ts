import type { IronicRelease } from './ironic-release.ts';

/** What differs from one Ironic of the lab to another. */
export interface IronicSettings {
  /** Agents run, and are not reset, between two states. Default: false. */
  readonly fastTrack?: boolean;
  /** Seconds within which an agent must be heard; agents heartbeat at 0.3 to 0.6 of it. Default: 12. */
  readonly heartbeatTimeoutSeconds?: number;
  /** Seconds without a sign of life after which a waiting node fails. Default: 120. */
  readonly callbackTimeoutSeconds?: number;
  /** More sections, as ironic.conf has them. */
  readonly more?: string;
}

/** Where an Ironic of the lab is, by the paths that it sees itself. */
export interface IronicPlace {
  readonly port: number;
  readonly directory: string;
  readonly inspectorUrl: string;
}

/**
 * ironic.conf of an API and conductor in one process: no message bus, no identity service, no BMC. Power and boot are faked; whatever
 * passes between conductor and agent is real. The hardware type fake-hardware may be combined with any interface; with
 * management "fake" every deployment fails at the boot device, so it is "noop".
 */
export function ironicConf(release: IronicRelease, place: IronicPlace, settings: IronicSettings = {}): string {
  const { fastTrack = false, heartbeatTimeoutSeconds = 12, callbackTimeoutSeconds = 120, more = '' } = settings;
  const { port, directory, inspectorUrl } = place;
  const url = `http://127.0.0.1:${port}`;
  return `[DEFAULT]
host = lab-conductor
debug = True
log_file = ${directory}/ironic.log
state_path = ${directory}/state
tempdir = ${directory}/tmp
auth_strategy = noauth
rpc_transport = none
hash_ring_reset_interval = 2
enabled_hardware_types = fake-hardware
enabled_power_interfaces = fake
enabled_management_interfaces = noop
enabled_boot_interfaces = fake,pxe
enabled_deploy_interfaces = direct,custom-agent
enabled_raid_interfaces = agent,no-raid
enabled_rescue_interfaces = agent,no-rescue
enabled_inspect_interfaces = ${release.inspectInterfaces}
enabled_bios_interfaces = no-bios
enabled_console_interfaces = no-console
enabled_network_interfaces = noop
enabled_storage_interfaces = noop
enabled_vendor_interfaces = no-vendor
${release.settings.join('\n')}
default_power_interface = fake
default_management_interface = noop
default_boot_interface = fake
default_deploy_interface = direct
default_raid_interface = agent
default_rescue_interface = agent
default_inspect_interface = no-inspect
default_network_interface = noop
default_storage_interface = noop
[api]
host_ip = 127.0.0.1
port = ${port}
api_workers = 1
ramdisk_heartbeat_timeout = ${heartbeatTimeoutSeconds}
[database]
connection = sqlite:///${directory}/ironic.sqlite?timeout=60
[oslo_concurrency]
lock_path = ${directory}/locks
[dhcp]
dhcp_provider = none
[service_catalog]
auth_type = none
endpoint_override = ${url}
[glance]
auth_type = none
[neutron]
auth_type = none
[cinder]
auth_type = none
[swift]
auth_type = none
[inspector]
auth_type = none
endpoint_override = ${inspectorUrl}
require_managed_boot = False
power_off = False
status_check_period = 3
[conductor]
automated_clean = True
send_sensor_data = False
deploy_callback_timeout = ${callbackTimeoutSeconds}
clean_callback_timeout = ${callbackTimeoutSeconds}
rescue_callback_timeout = ${callbackTimeoutSeconds}
service_callback_timeout = ${callbackTimeoutSeconds}
inspect_wait_timeout = ${callbackTimeoutSeconds}
check_provision_state_interval = 10
check_rescue_state_interval = 10
sync_power_state_interval = 0
power_failure_recovery_interval = 0
workers_pool_size = 40
heartbeat_interval = 5
file_url_allowed_paths = ${directory}
[agent]
manage_agent_boot = True
image_download_source = http
deploy_logs_collect = on_failure
deploy_logs_storage_backend = local
deploy_logs_local_path = ${directory}/deploy-logs
certificates_path = ${directory}/certificates
require_tls = False
command_timeout = 60
command_wait_interval = 1
post_deploy_get_power_state_retries = 2
post_deploy_get_power_state_retry_interval = 1
[deploy]
fast_track = ${fastTrack ? 'True' : 'False'}
default_boot_mode = bios
http_root = ${directory}/httpboot
http_url = ${url}
erase_devices_priority = 0
erase_devices_metadata_priority = 10
[pxe]
images_path = ${directory}/images
instance_master_path = ${directory}/master_images
tftp_root = ${directory}/tftpboot
tftp_master_path = ${directory}/tftpboot/master_images
${more}`;
}

/** Folders that Ironic expects to be there. */
export const ironicFolders = [
  'state',
  'tmp',
  'locks',
  'httpboot',
  'images',
  'master_images',
  'tftpboot',
  'certificates',
  'deploy-logs',
  'www',
  'rescue',
] as const;
