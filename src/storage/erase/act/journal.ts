import type { JobCheckpoint } from '../../../core/job-context.ts';
import { isObject } from '../../../errors/guards.ts';
import type { SmartSummary } from '../../../tools/smartctl.ts';
import type { DeviceErasure, EraseAttempt } from '../device-erasure.ts';
import type { EraseMethodName } from '../method-name.ts';
import type { ErasePlan } from '../plan/erase-plan.ts';
import { packSown, type SownEvidence, unpackSown } from '../verify/sown-evidence.ts';

/** What is on record of one disk. */
export interface DeviceJournal {
  /** ISO 8601; null until it is begun. */
  readonly startedAt: string | null;
  /** Processes that took it over from a dead one. */
  readonly resumed: number;
  readonly smartBefore: SmartSummary | null;
  /** The method under way; null between two. */
  readonly method: EraseMethodName | null;
  /** null where none was sown yet by the method under way. */
  readonly sown: SownEvidence | null;
  /** What the method under way wrote down. */
  readonly record: unknown;
  /** Methods that failed. */
  readonly attempts: readonly EraseAttempt[];
  /** null until it has ended. */
  readonly erasure: DeviceErasure | null;
}

/** What a run of an erase step is about; the same in every process that works on it. */
export interface EraseRun {
  readonly plan: ErasePlan;
  readonly hash: string;
  readonly startedAt: string;
}

/** The many numbers of what was sown as one text: they are written again with every change of every disk. */
type SavedDevice = Omit<DeviceJournal, 'sown'> & { readonly sown: string | null };

interface SavedErase extends EraseRun {
  readonly version: 2;
  readonly devices: Readonly<Record<string, SavedDevice>>;
}

const untouched: DeviceJournal = {
  startedAt: null,
  resumed: 0,
  smartBefore: null,
  method: null,
  sown: null,
  record: null,
  attempts: [],
  erasure: null,
};

/** The checkpoint of an erase step: what was planned, and how far each disk is. Every change is on record when it returns. */
export class EraseJournal {
  readonly run: EraseRun;
  readonly #checkpoint: JobCheckpoint;
  #devices: Readonly<Record<string, DeviceJournal>>;
  #isHeldBack = false;

  private constructor(
    checkpoint: JobCheckpoint,
    { plan, hash, startedAt }: EraseRun,
    devices: Readonly<Record<string, DeviceJournal>>,
  ) {
    this.#checkpoint = checkpoint;
    this.run = { plan, hash, startedAt };
    this.#devices = devices;
  }

  /** Puts a new run on record. */
  static begin(checkpoint: JobCheckpoint, run: EraseRun): EraseJournal {
    const journal = new EraseJournal(checkpoint, run, {});
    journal.#save();
    return journal;
  }

  /** The run of a process that died; null where none has begun. Throws Error for a record that is none: nobody knows what was done. */
  static resume(checkpoint: JobCheckpoint): EraseJournal | null {
    const saved = checkpoint.read();
    if (saved === null) return null;
    if (!isSavedErase(saved)) throw new Error('the record of an interrupted erase cannot be read');
    const devices = Object.entries(saved.devices).map(([path, { sown, ...others }]) => {
      const device: DeviceJournal = { ...others, sown: sown === null ? null : unpackSown(sown) };
      const isCutOff = device.startedAt !== null && device.erasure === null;
      return [path, isCutOff ? { ...device, resumed: device.resumed + 1 } : device] as const;
    });
    const journal = new EraseJournal(checkpoint, saved, Object.fromEntries(devices));
    journal.#save();
    return journal;
  }

  of(device: string): DeviceJournal {
    return this.#devices[device] ?? untouched;
  }

  update(device: string, change: Partial<DeviceJournal>): void {
    this.#devices = { ...this.#devices, [device]: { ...this.of(device), ...change } };
    if (!this.#isHeldBack) this.#save();
  }

  /** Updates of several disks that go on record as one: what one run did to them all must not be known of some alone. */
  together(updates: () => void): void {
    this.#isHeldBack = true;
    try {
      updates();
    } finally {
      this.#isHeldBack = false;
    }
    this.#save();
  }

  #save(): void {
    const devices = Object.entries(this.#devices).map(
      ([path, device]) => [path, { ...device, sown: device.sown && packSown(device.sown) }] as const,
    );
    this.#checkpoint.save({ version: 2, ...this.run, devices: Object.fromEntries(devices) } satisfies SavedErase);
  }
}

function isSavedErase(value: unknown): value is SavedErase {
  if (!isObject(value) || value['version'] !== 2) return false;
  const { plan, hash, startedAt, devices } = value;
  return isObject(plan) && isObject(devices) && typeof hash === 'string' && typeof startedAt === 'string';
}
