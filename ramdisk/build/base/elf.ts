/** What a program or library says of what it loads (System V ABI, elf(5)); null for what is no 64-bit little-endian ELF. */
export interface ElfNeeds {
  readonly machine: number;
  /** The loader: only programs have one. */
  readonly interpreter: string | null;
  readonly libraries: readonly string[];
  /** DT_RUNPATH or DT_RPATH: where its libraries are looked for first. */
  readonly searched: readonly string[];
}

const segment = { load: 1, dynamic: 2, interpreter: 3 } as const;
const tag = { end: 0n, needed: 1n, stringTable: 5n, rpath: 15n, runpath: 29n } as const;

export function readElf(file: Buffer): ElfNeeds | null {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) return null;
  const segments = programHeaders(file);
  const dynamic = segments.find(({ type }) => type === segment.dynamic);
  const interpreter = segments.find(({ type }) => type === segment.interpreter);
  const entries = dynamic ? dynamicEntries(file, dynamic) : [];
  const valuesOf = (...tags: readonly bigint[]): readonly number[] =>
    entries.filter((entry) => tags.includes(entry.tag)).map(({ value }) => Number(value));
  const [table] = valuesOf(tag.stringTable);
  const strings = table === undefined ? 0 : fileOffset(segments, table);
  return {
    machine: file.readUInt16LE(18),
    interpreter: interpreter ? stringAt(file, interpreter.offset) : null,
    libraries: valuesOf(tag.needed).map((at) => stringAt(file, strings + at)),
    searched: valuesOf(tag.runpath, tag.rpath).flatMap((at) => stringAt(file, strings + at).split(':')),
  };
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function programHeaders(file: Buffer): readonly Segment[] {
  const table = Number(file.readBigUInt64LE(32));
  const [size, count] = [file.readUInt16LE(54), file.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function dynamicEntries(file: Buffer, { offset, size }: Segment): readonly { tag: bigint; value: bigint }[] {
  const entries: { tag: bigint; value: bigint }[] = [];
  for (let at = offset; at + 16 <= Math.min(offset + size, file.length); at += 16) {
    const entry = { tag: file.readBigUInt64LE(at), value: file.readBigUInt64LE(at + 8) };
    if (entry.tag === tag.end) break;
    entries.push(entry);
  }
  return entries;
}

function fileOffset(segments: readonly Segment[], address: number): number {
  const home = segments.find(
    (each) => each.type === segment.load && address >= each.address && address < each.address + each.size,
  );
  if (!home) throw new Error(`ELF: no segment holds the address ${address.toString(16)}`);
  return address - home.address + home.offset;
}

function stringAt(file: Buffer, at: number): string {
  return file.toString('latin1', at, file.indexOf(0, at));
}
