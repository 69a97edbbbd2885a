/**
 * What running a program may change. The runner asks the safety latch before it spawns, so a wrapper cannot forget to.
 *
 * - `read`: nothing.
 * - `device`: the block device named by path (and its partitions).
 * - `power`, `network`, `nvram`, `kernel`: the machine itself (power state; network interfaces; firmware variables;
 *   kernel state such as drop_caches or the clock).
 */
export type Effect =
  | { readonly kind: 'read' }
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'power' }
  | { readonly kind: 'network' }
  | { readonly kind: 'nvram' }
  | { readonly kind: 'kernel' };

/** One run of one program. */
export interface ToolCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly effect: Effect;
  /** Exit codes that are answers, not errors. Default: only 0. */
  readonly okExitCodes?: readonly number[];
  /** Seconds after which its process group is killed. Default: 60. */
  readonly timeoutSeconds?: number;
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Undoes something, such as a mount: runs although the job is aborted. */
  readonly evenWhenAborted?: true;
}

export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a program; throws ToolError for any exit code that is not in `okExitCodes`, SafetyLatchError before it spawns. */
export type RunTool = (call: ToolCall) => Promise<ToolResult>;

/** What the ramdisk must contain for a wrapper to work; every file in src/tools exports one. */
export interface ToolNeed {
  readonly program: string;
  /** The Debian package that brings it. */
  readonly package: string;
  /** The ramdisk may do without it: whoever uses it asks first whether it is there, and says so where it is not. */
  readonly optional?: true;
}
