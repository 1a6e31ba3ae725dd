// Shared memory that both the histogram kernel and typed arrays see, in every thread.

/** What this folder uses of `WebAssembly.Memory`; Node's types leave the namespace to the DOM's. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

interface WasmNamespace {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** The runtime's own namespace. */
export const wasm = (globalThis as unknown as { readonly WebAssembly: WasmNamespace }).WebAssembly;

/** 4 GiB, what 32-bit addresses reach; histogram-kernel.wat states it too. */
const MAX_PAGES = 65_536;
const PAGE_BYTES = 65_536;

/** A new memory of at least that many bytes. @throws RangeError beyond 4 GiB. */
export function sharedMemory(bytes: number): WasmMemory {
  return new wasm.Memory({ initial: pagesFor(bytes), maximum: MAX_PAGES, shared: true });
}

/** Makes the memory at least that large; what was in it stays where it was. @throws RangeError beyond 4 GiB. */
export function reserve(memory: WasmMemory, bytes: number): void {
  const missing = pagesFor(bytes) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
}

function pagesFor(bytes: number): number {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MAX_PAGES) throw new RangeError(`bytes: got ${bytes} for rows and histograms, expected at most 4 GiB`);
  return pages;
}
