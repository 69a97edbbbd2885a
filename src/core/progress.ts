/** What a job tells of itself while it runs; the wire form of `progress` in the command list. */
export interface Progress {
  /** What is being done now, in the words of the step ("write", "verify"). */
  readonly phase: string;
  /** Units done so far; never falls within one phase. */
  readonly done: number;
  /** Units in all, or null where nobody knows (a body without a length). */
  readonly total: number | null;
  readonly unit: ProgressUnit;
  /** Units per second since the phase began. */
  readonly rate: number;
  /** Seconds left, by the average of the whole phase; null while unknown. */
  readonly eta: number | null;
  /** Bytes read from the image server, where the job reads any. */
  readonly source_bytes?: number;
  /** Bytes of the device that have their final content, written or zeroed, where the job writes any. */
  readonly device_bytes?: number;
  /** Of a job that works on several devices: each by its path. */
  readonly devices?: Readonly<Record<string, DeviceProgress>>;
}

/** How far the work on one device is. */
export interface DeviceProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly rate: number;
  readonly eta: number | null;
}

/** Phases of a device in which nothing is done to it: not yet, or not any more. */
export const idleDevicePhases = {
  waiting: 'waiting',
  clean: 'clean',
  notClean: 'not clean',
  failed: 'failed',
} as const;

export type ProgressUnit = 'bytes' | 'devices' | 'steps' | 'seconds';

/** What a step reports; rate and ETA are computed by the context. */
export interface ProgressReport {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly sourceBytes?: number;
  readonly deviceBytes?: number;
  /** The devices that have news; what is not named stays as it was. `null` takes a device out. */
  readonly devices?: Readonly<Record<string, Pick<DeviceProgress, 'phase' | 'done' | 'total'> | null>>;
}
