import fc from 'fast-check';

/** What becomes of one disk of a generated machine. */
export interface DiskSeed {
  readonly isMultipath: boolean;
  readonly listsPaths: boolean;
  readonly partitions: number;
  readonly flaw: 'none' | 'read-only' | 'virtual' | 'reserved' | 'unreadable' | 'taken' | 'fabric' | 'twin';
}

/** Something that is built on what was there before it, or lies on it. */
export interface LayerSeed {
  readonly kind: 'array' | 'volume' | 'crypt' | 'bcache' | 'unknown';
  readonly state: 'running' | 'inactive' | 'stopped';
  readonly picks: readonly number[];
  readonly group: 'A' | 'B';
  readonly name: 'data' | 'other' | null;
  readonly udevKnows: boolean;
  readonly isPartitioned: boolean;
}

export interface MachineSeed {
  readonly disks: readonly DiskSeed[];
  readonly layers: readonly LayerSeed[];
  readonly uses: readonly { readonly kind: 'mount' | 'root' | 'swap' | 'cluster'; readonly pick: number }[];
  readonly skips: readonly { readonly kind: 'name' | 'serial' | 'volume'; readonly pick: number }[];
  readonly named: readonly number[];
  readonly options: { readonly dissolveArrays: boolean; readonly skipReadOnly: boolean };
  readonly clusterGuard: boolean;
}

const rarely = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });
const pick = fc.nat({ max: 1000 });

export const machineSeed: fc.Arbitrary<MachineSeed> = fc.record({
  disks: fc.array(
    fc.record({
      isMultipath: rarely(false, true),
      listsPaths: fc.boolean(),
      partitions: fc.nat({ max: 3 }),
      flaw: rarely<DiskSeed['flaw']>(
        'none',
        ...(['read-only', 'virtual', 'reserved', 'unreadable', 'taken', 'fabric', 'twin', 'twin', 'twin'] as const),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  layers: fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom<LayerSeed['kind']>('array', 'volume') },
        { weight: 1, arbitrary: fc.constantFrom<LayerSeed['kind']>('crypt', 'bcache', 'unknown') },
      ),
      state: fc.constantFrom('running', 'running', 'inactive', 'stopped'),
      picks: fc.array(pick, { minLength: 1, maxLength: 3 }),
      group: fc.constantFrom('A', 'B'),
      name: fc.constantFrom('data', 'other', null),
      udevKnows: fc.boolean(),
      isPartitioned: rarely(false, true),
    }),
    { maxLength: 6 },
  ),
  uses: fc.array(fc.record({ kind: fc.constantFrom('mount', 'root', 'swap', 'swap', 'swap', 'cluster'), pick }), {
    maxLength: 2,
  }),
  skips: fc.array(fc.record({ kind: fc.constantFrom('name', 'serial', 'volume'), pick }), { maxLength: 2 }),
  named: fc.array(pick, { maxLength: 2 }),
  options: fc.record({ dissolveArrays: fc.boolean(), skipReadOnly: fc.boolean() }),
  clusterGuard: fc.boolean(),
});

/** The entry that a number stands for; none of an empty list. */
export function choose<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(list.length, 1)];
}
