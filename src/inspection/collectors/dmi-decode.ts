import { type DmiStructure, dmiTypes, readDmi } from '../../tools/dmidecode.ts';
import type { Collector } from '../collector.ts';

type Fields = DmiStructure['fields'];

/** What the firmware tells of itself, of the processors and of the memory; the labels are those of dmidecode. */
export interface Dmi {
  readonly bios: Fields;
  readonly cpu: readonly Fields[];
  /** The first array of memory, and the modules of all. */
  readonly memory: Fields | { readonly devices: readonly Fields[] };
}

export function dmiOf(structures: readonly DmiStructure[]): Dmi {
  const fieldsOf = (wanted: number): readonly Fields[] =>
    structures.filter(({ type }) => type === wanted).map(({ fields }) => fields);
  return {
    bios: fieldsOf(dmiTypes.bios)[0] ?? {},
    cpu: fieldsOf(dmiTypes.processor),
    memory: { ...fieldsOf(dmiTypes.memoryArray)[0], devices: fieldsOf(dmiTypes.memoryDevice) },
  };
}

export const dmiCollector: Collector = {
  name: 'dmi-decode',
  limitSeconds: () => 70,
  collect: async ({ run }) => ({ dmi: dmiOf(await readDmi(run)) }),
};
