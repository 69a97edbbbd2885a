import type { IronicNode } from './ironic-node.ts';

/** Options of the agent that Ironic may decide in its answer to the lookup; null where it did not say. */
export interface LookupSettings {
  readonly md5Enabled: boolean | null;
  readonly permittedImageFormats: readonly string[] | null;
  readonly disableDeepImageInspection: boolean | null;
  /** Its management is not by IPMI: the BMC need not be asked for its addresses. */
  readonly skipBmcDetect: boolean | null;
}

/** What the processes of one boot share besides jobs; kept in Redis, gone after a reboot. No secrets in it. */
export interface AgentFacts {
  /** The node as Ironic last told it. */
  readonly node: IronicNode;
  /** What Ironic decided for this node in the lookup, over the agent's own options. */
  readonly lookupSettings: LookupSettings;
  /** `hardware_manager_version` of the last answer to get_*_steps: what a conductor may expect. */
  readonly offeredVersions: Readonly<Record<string, string>>;
  /** Answer of standby.get_partition_uuids, by its wire keys (`root uuid`, ...). */
  readonly partitionUuids: Readonly<Record<string, unknown>>;
  /** What the BMC told; asking it takes seconds, and it does not move. */
  readonly bmc: { readonly ipv4: string | null; readonly ipv6: string | null; readonly mac: string | null };
  /** Id and device of the image that was written last: where install_bootloader looks for the ESP. */
  readonly writtenImage: { readonly id: string; readonly device: string };
}

export interface AgentState {
  read<K extends keyof AgentFacts>(fact: K): Promise<AgentFacts[K] | null>;
  write<K extends keyof AgentFacts>(fact: K, value: AgentFacts[K]): Promise<void>;
}
