/**
 * What the agent can be told: the value of every option, by key. Each has exactly one declaration in src/config/options (its
 * name in INI files, kernel parameter, environment variable, flag, schema, default and help); a key without one does not
 * compile. Names and defaults are those of ironic-python-agent where it has the option.
 */
export interface Config {
  // Ironic
  /** Base URLs of the Ironic API, tried in order; `mdns` alone asks the network for one; empty in standalone mode. */
  readonly apiUrls: readonly string[];
  readonly standalone: boolean;
  readonly globalRequestId: string | null;
  /** `x.y`; null negotiates. */
  readonly ironicApiVersion: string | null;
  readonly lookupTimeoutSeconds: number;
  readonly lookupIntervalSeconds: number;
  readonly httpRequestTimeoutSeconds: number;
  readonly insecure: boolean;
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  // Multicast DNS
  /** True asks the network for the Ironic API where no URL of it is given. */
  readonly useMdns: boolean;
  readonly mdnsLookupAttempts: number;
  /** Names of options that an answer of multicast DNS may set. */
  readonly mdnsAllowedOverrides: readonly string[];
  /** Own addresses of the interfaces to ask on; empty: all of them. */
  readonly mdnsInterfaces: readonly string[];
  // The API of the agent
  readonly listenHost: string;
  /** 0 takes any free port. */
  readonly listenPort: number;
  readonly listenTls: boolean;
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
  readonly enableAutoTls: boolean;
  readonly autoTlsAllowedClockSkewSeconds: number;
  readonly tlsMinVersion: '1.2' | '1.3';
  readonly tlsCipherSuites: string | null;
  readonly tlsCertificateCurve: 'p256' | 'p384' | 'p521';
  readonly agentToken: string | null;
  /** `legacy`: a GET without a token is answered while the Ironic API is older than 29.0 and never sent one; `never`. */
  readonly tokenlessGet: 'legacy' | 'never';
  readonly advertiseHost: string | null;
  readonly advertisePort: number | null;
  readonly advertiseProtocol: 'http' | 'https' | null;
  readonly ipLookupAttempts: number;
  readonly ipLookupSleepSeconds: number;
  readonly networkInterface: string | null;
  /** MAC addresses to look the node up by instead of those of the machine; for containers and demonstrations. */
  readonly macAddresses: readonly string[];
  /** Interfaces to make before Ironic is looked for: `if.vlan`, `mac.vlan`, `if` or `all`, in the words of IPA. */
  readonly enableVlanInterfaces: readonly string[];
  readonly dashboard: boolean;
  /** User `ironhand`; null means that the agent token is the password. */
  readonly dashboardPassword: string | null;
  // The machine
  /** `BOOTIF` of the boot loader, as given (`01-aa-bb-cc-dd-ee-ff`): the interface that the machine was booted from. */
  readonly pxeInterface: string | null;
  readonly devices: readonly string[];
  readonly insideRamdisk: boolean;
  /** The processes have a network namespace of their own: its interfaces may be changed. No file or kernel parameter sets it. */
  readonly ownNetworkNamespace: boolean;
  readonly stateDir: string;
  /** Where the id of this boot is read; another file only in tests of what a reboot forgets. */
  readonly bootIdFile: string;
  /** A socket of a Redis started by somebody else (compose); null starts a private one. */
  readonly redisSocket: string | null;
  readonly hardwareManagerDir: string;
  readonly hardwareInitializationDelaySeconds: number;
  readonly diskWaitAttempts: number;
  readonly diskWaitDelaySeconds: number;
  readonly guardSpecialFilesystems: boolean;
  readonly ignoreBootloaderFailure: boolean;
  readonly debug: boolean;
  /** Where the clock is set from; null leaves it as it is. */
  readonly ntpServer: string | null;
  readonly failIfClockNotSet: boolean;
  /** Priority of the step inject_files in a deployment; 0: only on request. */
  readonly injectFilesPriority: number;
  readonly disableBootcDeploy: boolean;
  /** Where the rescue password goes instead of /etc; only outside the ramdisk, for tests. */
  readonly rescueDir: string | null;
  // Inspection
  /** Where an inspection is posted to; `mdns` alone asks the network; empty: to the Ironic API, where collectors are named. */
  readonly inspectionCallbackUrls: readonly string[];
  readonly inspectionCollectors: readonly string[];
  readonly inspectionDhcpWaitTimeoutSeconds: number;
  readonly inspectionDhcpAllInterfaces: boolean;
  /** What the collector extra-hardware measures: cpu, disk, mem. */
  readonly inspectionBenchmarks: readonly string[];
  /** True inspects again and again instead of once. */
  readonly introspectionDaemon: boolean;
  readonly introspectionDaemonPostIntervalSeconds: number;
  readonly lldpTimeoutSeconds: number;
  readonly collectLldp: boolean;
  // Erasing
  /** How much of a disk is read back after its erase. */
  readonly eraseVerification: 'sample' | 'full';
  /** Disks behind one controller that are erased at a time. */
  readonly eraseControllerConcurrency: number;
  /** PEM file with the Ed25519 key that signs certificates; null leaves them unsigned. */
  readonly eraseCertificateKeyFile: string | null;
  /** Who answers for the erase, as certificates name him; null names nobody. */
  readonly eraseCertificateOperator: string | null;
  readonly eraseCertificateLocation: string | null;
  readonly eraseCertificateContact: string | null;
  // Images
  readonly md5Enabled: boolean;
  readonly imageDownloadConnectionTimeoutSeconds: number;
  readonly imageDownloadConnectionRetries: number;
  readonly imageDownloadConnectionRetryIntervalSeconds: number;
  /** 0 means no limit. */
  readonly imageDownloadMaxDurationSeconds: number;
  readonly imageServerAuthStrategy: string;
  readonly imageServerUser: string | null;
  readonly imageServerPassword: string | null;
  /** Networks (CIDR) that images may come from although they are loopback, link-local or a metadata service. */
  readonly imageAllowedNetworks: readonly string[];
  /** Formats that an image may have, in the words of Ironic (raw, qcow2, ...). */
  readonly permittedImageFormats: readonly string[];
  /** True trusts disk_format without looking for a second format in the first bytes. */
  readonly disableDeepImageInspection: boolean;
  /** Bytes of an image, in MiB, after which a checkpoint is due; five seconds make one due as well. */
  readonly imageCheckpointMib: number;
  /** What is read back from the device after the write. */
  readonly imageVerification: 'none' | 'sample' | 'full';
  /** Most bytes that images which cannot be streamed may take in the state directory; 0: half of what is free there. */
  readonly imageSpoolBytes: number;
  readonly imageConvertMemoryLimitMib: number;
  readonly imageConvertAttempts: number;
  // Partition images
  readonly efiSystemPartitionSizeMib: number;
  readonly biosBootPartitionSizeMib: number;
  // Config drive
  /** True rebuilds every config drive as vfat, not only on disks with sectors of 4096 bytes. */
  readonly configDriveRebuild: boolean;
}
