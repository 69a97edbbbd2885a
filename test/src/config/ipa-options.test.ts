import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadConfig } from '../../../src/config/load-config.ts';
import { noEffectWarning, optionsWithoutEffect } from '../../../src/config/no-effect.ts';
import { optionRows } from '../../../src/config/option-table.ts';

/** Every option of ironic-python-agent 12.0.0 by section: name, default (`-`: none), kernel parameter (`-`: none). */
const ipaOptions: Readonly<Record<string, string>> = {
  DEFAULT: `
    api_url - ipa-api-url
    global_request_id - ipa-global-request-id
    listen_host :: ipa-listen-host
    listen_port 9999 ipa-listen-port
    listen_tls false -
    tls_cert_file - -
    tls_key_file - -
    enable_auto_tls true -
    auto_tls_allowed_clock_skew 3600 -
    tls_min_version 1.2 ipa-tls-min-version
    tls_cipher_suites - ipa-tls-cipher-suites
    tls_certificate_curve p384 ipa-tls-certificate-curve
    advertise_host - ipa-advertise-host
    advertise_port 9999 ipa-advertise-port
    advertise_protocol http ipa-advertise-protocol
    ip_lookup_attempts 6 ipa-ip-lookup-attempts
    ip_lookup_sleep 10 ipa-ip-lookup-timeout
    network_interface - ipa-network-interface
    lookup_timeout 600 ipa-lookup-timeout
    lookup_interval 1 ipa-lookup-interval
    lldp_timeout 30 ipa-lldp-timeout
    collect_lldp false ipa-collect-lldp
    inspection_callback_url - ipa-inspection-callback-url
    inspection_collectors - ipa-inspection-collectors
    inspection_dhcp_wait_timeout 60 ipa-inspection-dhcp-wait-timeout
    inspection_dhcp_all_interfaces false ipa-inspection-dhcp-all-interfaces
    hardware_initialization_delay 0 ipa-hardware-initialization-delay
    disk_wait_attempts 10 ipa-disk-wait-attempts
    disk_wait_delay 3 ipa-disk-wait-delay
    insecure false ipa-insecure
    cafile - -
    certfile - -
    keyfile - -
    introspection_daemon false -
    introspection_daemon_post_interval 300 -
    ntp_server - ipa-ntp-server
    fail_if_clock_not_set false -
    agent_token - ipa-agent-token
    image_server_user - -
    image_server_password - -
    image_server_auth_strategy noauth -
    image_download_connection_timeout 60 ipa-image-download-connection-timeout
    image_download_connection_retries 9 ipa-image-download-connection-retries
    image_download_connection_retry_interval 10 ipa-image-download-connection-retry-interval
    image_download_max_duration 0 ipa-image-download-max-duration
    ironic_api_version - ipa-ironic-api-version
    enable_vlan_interfaces - ipa-enable-vlan-interfaces
    ignore_bootloader_failure false ipa-ignore-bootloader-failure
    inject_files_priority 0 ipa-inject-files-priority
    guard_special_filesystems true ipa-guard-special-filesystems
    md5_enabled true -
    http_request_timeout 30 ipa-http-request-timeout
    config_drive_rebuild false -
    disable_deep_image_inspection false -
    permitted_image_formats raw,gpt,qcow2 -
    disable_bootc_deploy false -
    enable_bios_bootloader_install false -`,
  disk_utils: `
    efi_system_partition_size 550 -
    bios_boot_partition_size 1 -
    dd_block_size 1M -
    partition_detection_attempts 3 -
    partprobe_attempts 10 -
    image_convert_memory_limit 2048 -
    image_convert_attempts 3 -`,
  disk_partitioner: `
    check_device_interval 1 -
    check_device_max_retries 20 -`,
  container: `
    allow_arbitrary_containers false -
    allowed_containers - -
    container_steps_file /etc/ironic-python-agent.d/mysteps.yaml -
    runner podman -
    pull_options - -
    run_options --rm,--network=host -`,
  mdns: `
    use_mdns false ipa-use-mdns
    allowed_overrides inspection_callback_url,ntp_server -
    lookup_attempts 3 -
    params - -
    interfaces - -`,
  metrics: `
    backend noop -
    prepend_host false -
    prepend_host_reverse true -
    global_prefix - -`,
  metrics_statsd: `
    statsd_host localhost -
    statsd_port 8125 -`,
};

/** Defaults that differ, and why. */
const ownDefaults: Readonly<Record<string, string>> = {
  advertise_port: 'null: the port that is listened on, which by default is the same 9999',
  advertise_protocol: 'null: the one that is served',
};

const otherKernelParameters = ['ipa-debug', 'BOOTIF', 'ipa-inspection-benchmarks'];
const removedKernelParameters = ['ipa-standalone', 'ipa-agent-token-required'];
const mediaKernelParameters = ['boot_method', 'ir_pub_id'];

const rows = optionRows();
const page = readFileSync(`${import.meta.dirname}/../../../docs/options.md`, 'utf8');
const orNull = (word: string | undefined) => (word === '-' ? null : word);

function load(text: string, kernelCommandLine = '') {
  const machine = { ipv6: true, rootInMemory: false, ownNetworkNamespace: false };
  const argv = { standalone: true, agentToken: 'x' };
  return loadConfig({ argv, env: {}, kernelCommandLine, files: [{ path: '/x.conf', text }], machine });
}

describe('the options of ironic-python-agent', () => {
  for (const [group, lines] of Object.entries(ipaOptions)) {
    for (const line of lines.trim().split('\n')) {
      const [name = '', preset, parameter] = line.trim().split(' ');
      const ignored = optionsWithoutEffect.find(({ option }) => option?.group === group && option.name === name);
      const row = rows.find((candidate) => candidate.group === group && candidate.name === name);

      it(`[${group}] ${name} is either an option or without effect, and documented`, () => {
        assert.equal((row ? 1 : 0) + (ignored ? 1 : 0), 1);
        assert.match(page, row ? new RegExp(`^\\| \`${name}\` `, 'm') : new RegExp(`\\[${group}\\] ${name}\``));
      });

      if (ignored) {
        it(`[${group}] ${name} is accepted with a warning that says why it has no effect`, () => {
          assert.deepEqual(load(`[${group}]\n${name} = 1`).warnings, [noEffectWarning('/x.conf:2', name, ignored)]);
        });
        continue;
      }
      it(`[${group}] ${name} has the default ${preset} and the kernel parameter ${parameter}`, () => {
        if (!(name in ownDefaults)) assert.equal(row?.default, orNull(preset));
        if (parameter !== '-') assert.equal(row?.kernelParameter, parameter);
      });
    }
  }

  for (const parameter of otherKernelParameters) {
    it(`${parameter} is a kernel parameter of an option`, () => {
      assert.ok(rows.some((row) => row.kernelParameter === parameter));
    });
  }

  for (const parameter of removedKernelParameters) {
    it(`${parameter} is accepted with a warning`, () => {
      assert.match(
        load('', `${parameter}=1`).warnings.join(),
        new RegExp(`${parameter} has no effect in Ironhand: .+`),
      );
    });
  }

  for (const parameter of mediaKernelParameters) {
    it(`${parameter} is documented as something that only the kernel command line can say`, () => {
      assert.match(page, new RegExp(`^\\| \`${parameter}\` `, 'm'));
    });
  }

  it('include the names that the files of TLS had before', () => {
    const { config } = load('[ssl]\ncert_file = /c.pem\nkey_file = /k.pem');
    assert.deepEqual([config.tlsCertFile, config.tlsKeyFile], ['/c.pem', '/k.pem']);
  });
});

describe('a value of an option', () => {
  const invalid = (text: string) => () => load(`[DEFAULT]\n${text}`);

  it('of ntp_server is a host name or an address of at most 253 characters', () => {
    for (const good of ['192.0.2.1', '2001:db8::1', 'ntp_1.example-2.org']) {
      assert.equal(load(`[DEFAULT]\nntp_server = ${good}`).config.ntpServer, good);
    }
    for (const bad of ['a b', '-x', ';reboot', 'x'.repeat(254), 'http://ntp']) {
      assert.throws(invalid(`ntp_server = ${bad}`), /ntp_server: expected a host name or an address/);
    }
  });

  it('of inject_files_priority is 0 to 99', () => {
    assert.equal(load('[DEFAULT]\ninject_files_priority = 99').config.injectFilesPriority, 99);
    assert.throws(invalid('inject_files_priority = 100'), /expected a whole number, 0 to 99, got "100"/);
  });

  it('of lldp_timeout may have a fraction', () => {
    assert.equal(load('[DEFAULT]\nlldp_timeout = 0.5').config.lldpTimeoutSeconds, 0.5);
  });

  it('of api_url and inspection_callback_url may be mdns, but not beside a URL', () => {
    assert.deepEqual(load('[DEFAULT]\napi_url = mdns').config.apiUrls, ['mdns']);
    assert.throws(
      invalid('api_url = mdns,http://a'),
      /api_url: expected mdns or URLs, got mdns,http:\/\/a \(\/x.conf:2\)/,
    );
    assert.throws(invalid('inspection_callback_url = http://a,mdns'), /inspection_callback_url: expected mdns or URLs/);
    assert.throws(invalid('api_url = mdnsx'), /api_url: expected http:/);
  });
});

describe('own_network_namespace', () => {
  const machine = { ipv6: true, rootInMemory: false, ownNetworkNamespace: true };
  const input = { env: {}, kernelCommandLine: '', files: [], machine };

  it('is taken as a flag where the namespace is another than that of the machine', () => {
    assert.equal(loadConfig({ ...input, argv: { ownNetworkNamespace: true } }).config.ownNetworkNamespace, true);
  });

  it('is refused where the namespace is that of the machine', () => {
    const here = { ...machine, ownNetworkNamespace: false };
    const load = () => loadConfig({ ...input, machine: here, argv: { ownNetworkNamespace: true } });
    assert.throws(load, { name: 'ConfigurationError', message: /own_network_namespace: expected another network/ });
  });

  it('is refused from a file, and not listened to on the kernel command line', () => {
    const files = [{ path: '/x.conf', text: '[DEFAULT]\nown_network_namespace = true' }];
    assert.throws(() => loadConfig({ ...input, files }), /expected only as flag --own-network-namespace/);
    const kernelCommandLine = 'ipa-own-network-namespace=1 own_network_namespace=1';
    assert.equal(loadConfig({ ...input, kernelCommandLine }).config.ownNetworkNamespace, false);
  });
});

describe('what multicast DNS says', () => {
  const machine = { ipv6: true, rootInMemory: false, ownNetworkNamespace: true };
  const input = { env: {}, kernelCommandLine: '', files: [], machine };

  it('never says what is touched on this machine, or whose code runs, even where it may override all', () => {
    const names = [
      'devices',
      'rescue_dir',
      'hardware_manager_dir',
      'state_dir',
      'boot_id_file',
      'redis_socket',
      'ramdisk',
    ];
    const network = [...names, 'own_network_namespace'].map((name) => ({ name, value: '/dev/sda' }));
    const { config, warnings } = loadConfig({ ...input, network: [...network, { name: 'ntp_server', value: 'a' }] });
    const without = loadConfig(input).config;
    assert.deepEqual(config, { ...without, ntpServer: 'a' });
    for (const name of names) assert.ok(warnings.includes(`multicast DNS: ${name} cannot be set by it`), name);
  });
});
