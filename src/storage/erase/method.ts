import type { Host } from '../../core/job-context.ts';
import { ToolError } from '../../errors/tool-error.ts';
import type { ByteRange } from '../device-io/byte-range.ts';
import type { DiskTarget } from '../device-io/disk-target.ts';
import type { ProbedDisk } from './disk-probe.ts';
import type { EraseOptions } from './erase-options.ts';
import type { EraseMethodName } from './method-name.ts';

/** Whether a disk has a method, and how that was found. */
export type Support =
  | { readonly kind: 'supported'; readonly how: string }
  /** The disk does not have it. */
  | { readonly kind: 'unsupported'; readonly why: string }
  /** It has it, and is in a state in which it will not do it (frozen, locked). */
  | { readonly kind: 'blocked'; readonly why: string };

/** Categories of NIST SP 800-88 Rev. 1; null for what is not sanitization (metadata alone). */
export type Sanitization = 'clear' | 'purge' | null;

/** What one method wrote down of itself on one device: it outlives the process, root-only. The shape is the method's to check. */
export interface MethodRecord {
  read(): unknown;
  save(value: unknown): void;
}

export interface MethodProgress {
  /** In the words of the method: `pass 1 of 2`, `sanitize`, `verify`. */
  readonly phase: string;
  /** Bytes, or thousandths where the drive only tells a share. Never falls within a phase. */
  readonly done: number;
  readonly total: number | null;
}

/** The world that a method sees while it erases one disk. */
export interface MethodContext extends Host {
  readonly options: EraseOptions;
  /** null where this is the first try. */
  readonly record: MethodRecord;
  report(progress: MethodProgress): void;
  /** Milliseconds; to be waited between two questions to a drive. Short in tests. */
  readonly pollMilliseconds: number;
}

/** A disk that is ours alone: claimed (O_EXCL, identity checked), partitions forgotten by the kernel, open with O_DIRECT. */
export interface EraseTarget {
  readonly disk: ProbedDisk;
  readonly target: DiskTarget;
}

/** What a method can show for itself after it has ended well. */
export interface MethodEvidence {
  /** The program that did it, with version where it tells one (`nvme sanitize`); `ironhand` for our own writer. */
  readonly tool: string;
  /** null where it was no program. */
  readonly exitCode: number | null;
  /** Bytes that the agent itself wrote; 0 where the drive did it. */
  readonly bytes: number;
  /** What could not be written or read: fatal to the claim. */
  readonly badRanges: readonly ByteRange[];
  /** What the drive said: the sanitize log, its time estimate; plain data for the certificate. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** One thing that was looked at after an erase. */
export interface Check {
  /** `watermarks`, `read-back`, `sanitize-log`, `security-disabled`, `signatures`. */
  readonly name: string;
  readonly passed: boolean;
  /** One sentence with figures. */
  readonly detail: string;
}

/**
 * How a disk is erased, and how that is proven. `run` resolves only when the erase has ended, and rejects whenever it is not sure
 * that it ended well: nothing is lowered, repeated or believed silently. What was written is flushed.
 */
export interface EraseMethod {
  readonly name: EraseMethodName;
  /** Pure. */
  supports(disk: ProbedDisk): Support;
  /** Seconds, by what the drive says or by an assumed rate; null where nobody knows. Pure. */
  estimate(disk: ProbedDisk, options: EraseOptions): number | null;
  /** Pure. */
  sanitization(disk: ProbedDisk): Sanitization;
  /** Devices that are erased with it, itself included: all namespaces, for a sanitize. Pure. */
  reach(disk: ProbedDisk): readonly string[];
  /**
   * What a second run after the death of the process does with the record of the first. `resume`: goes on; `reattach`: asks the
   * drive, and starts nothing that is under way or done; `repeat`: begins anew; `once`: cleans up and fails.
   */
  readonly replay: 'resume' | 'reattach' | 'repeat' | 'once';
  /** False: `run` goes on to its end although the job is cancelled (it stops, with the drive at work, when the worker stops). */
  readonly cancellable: boolean;
  run(disk: EraseTarget, context: MethodContext): Promise<MethodEvidence>;
  /** Looked at after `run`, on a fresh claim. Throws only for what keeps it from looking. */
  verify(disk: EraseTarget, evidence: MethodEvidence, context: MethodContext): Promise<readonly Check[]>;
}

/** An erase that did not succeed, or of which that is not certain. */
export class EraseMethodError extends Error {
  override readonly name = 'EraseMethodError';
  /** What a program answered, where one was asked. */
  readonly tool: string | null;
  readonly exitCode: number | null;

  constructor(
    message: string,
    options: ErrorOptions & { readonly tool?: string | null; readonly exitCode?: number | null } = {},
  ) {
    super(message, options);
    this.tool = options.tool ?? null;
    this.exitCode = options.exitCode ?? null;
  }
}

/** The program that an error tells of, and what it answered; null where it was none. */
export function toolOf(error: unknown): { readonly tool: string | null; readonly exitCode: number | null } {
  if (error instanceof EraseMethodError) return { tool: error.tool, exitCode: error.exitCode };
  if (error instanceof ToolError) return { tool: error.program, exitCode: error.exitCode };
  return { tool: null, exitCode: null };
}
