import type { BlockDevice } from '../../core/block-device.ts';
import type { SmartSummary } from '../../tools/smartctl.ts';
import type { ByteRange } from '../device-io/byte-range.ts';
import type { ReadBack } from './erase-options.ts';
import type { Check, Sanitization } from './method.ts';
import type { EraseMethodName } from './method-name.ts';

/** One method that was tried on one disk. */
export interface EraseAttempt {
  readonly method: EraseMethodName;
  /** null where it ended well. */
  readonly error: string | null;
  readonly tool: string | null;
  readonly exitCode: number | null;
}

/** What became of one disk: the whole truth of it, for the result of the step and the certificate. */
export interface DeviceErasure {
  readonly device: BlockDevice;
  readonly methodAsked: EraseMethodName;
  /** null where none has ended well. */
  readonly methodDone: EraseMethodName | null;
  /** Only what was verified counts. */
  readonly sanitization: Sanitization;
  readonly isClean: boolean;
  /** Why it is not clean; null where it is. */
  readonly reason: string | null;
  /** ISO 8601, UTC; null where it was never begun. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly attempts: readonly EraseAttempt[];
  /** That the agent itself wrote; null where a method was cut off, so that nobody has counted. */
  readonly bytes: number | null;
  readonly badRanges: readonly ByteRange[];
  readonly checks: readonly Check[];
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** How often the process that did it was another one than before. */
  readonly resumed: number;
  readonly smart: { readonly before: SmartSummary | null; readonly after: SmartSummary | null };
}

/** What one run of an erase step did to a machine. */
export interface MachineErasure {
  readonly runId: string;
  readonly step: string;
  readonly nodeUuid: string;
  readonly nodeName: string | null;
  readonly machine: { readonly manufacturer: string; readonly product: string; readonly serial: string };
  readonly agentVersion: string;
  readonly planHash: string;
  /** How much a `read-back` check of this run read: `readBack` of its options. */
  readonly readBack: ReadBack;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly devices: readonly DeviceErasure[];
  readonly leftOut: readonly { readonly device: string; readonly why: string }[];
}
