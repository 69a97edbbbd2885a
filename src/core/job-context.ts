import type { AgentState } from './agent-state.ts';
import type { CommandRecords } from './command-records.ts';
import type { Config } from './config.ts';
import type { ManagerRegistry } from './hardware-manager.ts';
import type { IronicNode } from './ironic-node.ts';
import type { CertificateStore } from './kept-certificate.ts';
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

/** The checkpoint of a resumable job: one JSON value, root-only, gone when the job has ended. No secret belongs in it. */
export interface JobCheckpoint {
  /** null where the job has not saved one. The shape is the caller's to check. */
  read(): unknown;
  /** Replaces the one before at once and whole; it outlives the death of any process of the agent. */
  save(value: unknown): void;
}

/** What `run` of a command gets. */
export interface JobContext extends Host {
  readonly jobId: string;
  /** Tells how far the job is; cheap, may be called for every block (published at most once a second, never backwards). */
  report(progress: ProgressReport): void;
  readonly managers: ManagerRegistry;
  readonly state: AgentState;
  /** What this job wrote down of itself, for a run after its process died. */
  readonly checkpoint: JobCheckpoint;
  /** A directory of this boot (in memory) for large temporary files; whoever makes a file there removes it. */
  readonly spoolDir: string;
  readonly certificates: CertificateStore;
  readonly commandRecords: CommandRecords;
  /**
   * Stores a result that is too large to be in memory: `write` appends JSON in ASCII, piece by piece. What it resolves with
   * is what the command has to return.
   */
  storeResult(write: (append: (text: string) => void) => Promise<void>): Promise<object>;
}

/** What `run` of a step gets on top: the node and its ports as the conductor sent them. */
export interface StepContext extends JobContext {
  readonly node: IronicNode;
  readonly ports: unknown;
}
