import type { BootEntry, BootVariables, NewBootEntry } from '../tools/efibootmgr.ts';
import type { EfiSystemPartition } from './efi-system-partition.ts';
import type { Loader } from './loaders.ts';

/** What is to be written to the firmware's boot variables: plain data, to be shown, logged or refused. */
export interface BootPlan {
  readonly esp: EfiSystemPartition;
  /** Stale entries of ours: those with a label that is about to be used again. */
  readonly remove: readonly BootEntry[];
  /** In the order in which they are to be made. Each goes to the front of the boot order, so the last one boots first. */
  readonly create: readonly NewBootEntry[];
  readonly oldOrder: readonly string[];
  readonly newOrder: readonly string[];
}

/** `loaders` with the one to boot first in front. Pure; throws RangeError when the firmware has no free number. */
export function planBootEntries(current: BootVariables, esp: EfiSystemPartition, loaders: readonly Loader[]): BootPlan {
  const labels = new Set(loaders.map(({ label }) => label));
  const remove = current.entries.filter(({ label }) => labels.has(label));
  const removed = new Set(remove.map(({ number }) => number));
  const keptOrder = current.order.filter((number) => !removed.has(number));
  // The boot order may name entries that do not exist; those numbers are not free either.
  const kept = current.entries.flatMap(({ number }) => (removed.has(number) ? [] : [number]));
  const numbers = freeNumbers(new Set([...kept, ...keptOrder]), loaders.length);
  const entries = loaders.map(({ path, label }, i) => newEntry(esp, numbers[i] ?? '', label, path));
  return {
    esp,
    remove,
    create: entries.toReversed(),
    oldOrder: current.order,
    newOrder: [...entries.map(({ number }) => number), ...keptOrder],
  };
}

function newEntry(esp: EfiSystemPartition, number: string, label: string, loader: string): NewBootEntry {
  return { number, disk: esp.disk, partition: esp.number, label, loader };
}

/** The lowest numbers that are not taken, as four hexadecimal digits. */
function freeNumbers(taken: ReadonlySet<string>, count: number): readonly string[] {
  const free: string[] = [];
  for (let n = 0; n <= 0xffff && free.length < count; n += 1) {
    const number = n.toString(16).toUpperCase().padStart(4, '0');
    if (!taken.has(number)) free.push(number);
  }
  if (free.length < count) throw new RangeError('the firmware has no free boot entry number');
  return free;
}
