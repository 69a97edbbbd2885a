/** What was told lately, for a person. */
export interface AgentEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly text: string;
  readonly isBad: boolean;
}

/** How the agent stands, as the api tells it to the status screen of the machine. Holds no secret. */
export interface AgentStatus {
  /** Who wrote it: gone when that process is. */
  readonly pid: number;
  /** Where commands are taken; null before anything listens. */
  readonly url: string | null;
  readonly ironic: readonly string[];
  readonly node: { readonly uuid: string; readonly name: string | null } | null;
  /** The last answer of Ironic; null before there is one. */
  readonly answer: AgentEvent | null;
  /** The command accepted last. */
  readonly command: AgentActivity | null;
  /** Groups of workers that are away. */
  readonly missing: readonly string[];
  /** Oldest first. */
  readonly events: readonly AgentEvent[];
  /** Why nothing is served any more in this boot. */
  readonly ended: 'rescued' | 'service ended' | null;
}

export interface AgentActivity {
  readonly state: 'running' | 'done' | 'failed';
  /** In one line: "write_image 41 %, 212 MiB/s, 3 min left". */
  readonly text: string;
  /** Of 1; null where nobody knows the end. */
  readonly fraction: number | null;
  /** One line for each device that is worked on. */
  readonly devices: readonly string[];
  readonly error: string | null;
}
