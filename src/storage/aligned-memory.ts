/** TypeScript types it only in its browser library; this is the part that is used here. */
declare const WebAssembly: {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

const pageBytes = 65_536;

/** Zeroed memory at a page boundary, as O_DIRECT wants it: memory of WebAssembly is mapped, so it needs no native addon. */
export function allocateAligned(bytes: number): Buffer {
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
  return Buffer.from(memory.buffer, 0, bytes);
}
