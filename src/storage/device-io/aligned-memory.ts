/** TypeScript types it only in its browser library; this is the part that is used here. */
declare const WebAssembly: {
  readonly Memory: new <Shared extends boolean>(descriptor: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: Shared;
  }) => { readonly buffer: Shared extends true ? SharedArrayBuffer : ArrayBuffer };
};

const wasmPageBytes = 65_536;

/** Buffers known to start at a page: nothing in JavaScript can ask where one lies. */
const atPage = new WeakSet<ArrayBufferLike>();

/** Zeroed memory at a page boundary, as O_DIRECT wants it: memory of WebAssembly is mapped, so it needs no native addon. */
export function allocateAligned(bytes: number): Buffer {
  return Buffer.from(allocate(bytes, false), 0, bytes);
}

/** The same for memory that threads share. */
export function allocateSharedAligned(bytes: number): SharedArrayBuffer {
  return allocate(bytes, true);
}

/** True where O_DIRECT takes the memory for sectors of that size. */
export function isAligned(bytes: Uint8Array, sectorBytes: number): boolean {
  return atPage.has(bytes.buffer) && bytes.byteOffset % sectorBytes === 0;
}

function allocate<Shared extends boolean>(bytes: number, shared: Shared) {
  const pages = Math.max(1, Math.ceil(bytes / wasmPageBytes));
  const { buffer } = new WebAssembly.Memory<Shared>({ initial: pages, maximum: pages, shared });
  atPage.add(buffer);
  return buffer;
}
