import type { AgentState } from './agent-state.ts';
import type { Config } from './config.ts';
import type { ManagerRegistry } from './hardware-manager.ts';
import type { IronicNode } from './ironic-node.ts';
import type { ProgressReport } from './progress.ts';
import type { SafetyLatch } from './safety-latch.ts';
import type { RunTool } from './tool.ts';

/** The log that stays with one job and can be read back: object first, static message, as everywhere. */
export interface JobLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The part of the world that code below commands and steps gets to see. */
export interface Host {
  readonly config: Config;
  readonly latch: SafetyLatch;
  readonly run: RunTool;
  readonly log: JobLog;
  readonly signal: AbortSignal;
}

/** What `run` of a command gets. */
export interface JobContext extends Host {
  readonly jobId: string;
  /** Tells how far the job is; cheap, may be called for every block (published at most once a second, never backwards). */
  report(progress: ProgressReport): void;
  readonly managers: ManagerRegistry;
  readonly state: AgentState;
}

/** What `run` of a step gets on top: the node and its ports as the conductor sent them. */
export interface StepContext extends JobContext {
  readonly node: IronicNode;
  readonly ports: unknown;
}
