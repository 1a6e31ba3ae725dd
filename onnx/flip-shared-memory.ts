// Makes a WebAssembly module that imports a shared memory import a plain one. The only WASM build of onnxruntime-web is
// the threaded one, and production may refuse shared memory. A single thread never waits on an atomic, so only the flag
// must change. Format: WebAssembly core specification, "Binary format", sections and imports.

const IMPORT_SECTION = 2;
const KIND = { func: 0, table: 1, memory: 2, global: 3 } as const;
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * A copy of `wasm` whose one imported memory is not shared; no other byte differs.
 * Throws `TypeError` for bytes that are no module, and unless the module has exactly one shared memory.
 */
export function flipSharedMemory(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const flags = sharedMemoryFlags(wasm);
  const [at] = flags;
  if (at === undefined || flags.length > 1) {
    throw new TypeError(`wasm: got ${flags.length} imported shared memories, expected 1`);
  }
  const copy = Uint8Array.from(wasm);
  copy[at] = HAS_MAXIMUM;
  return copy;
}

/** Where the flags of the imported shared memories lie. */
function sharedMemoryFlags(wasm: Uint8Array): number[] {
  const reader = new WasmReader(wasm);
  reader.header();
  while (!reader.atEnd) {
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    if (id === IMPORT_SECTION) return importedSharedMemories(reader);
    reader.at = end;
  }
  return [];
}

function importedSharedMemories(reader: WasmReader): number[] {
  const flags: number[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === KIND.func) reader.u32();
    else if (kind === KIND.global) reader.at += 2;
    else if (kind === KIND.table) {
      reader.byte();
      reader.limits();
    } else if (kind === KIND.memory) {
      const { at } = reader;
      if ((reader.limits() & SHARED) !== 0) flags.push(at);
    } else {
      throw new TypeError(`wasm import kind: got ${kind}, expected 0 to 3`);
    }
  }
  return flags;
}

/** Reads a module from the front. */
class WasmReader {
  at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  header(): void {
    const expected = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    if (expected.some((value) => this.byte() !== value)) {
      throw new TypeError("wasm: got other bytes, expected a WebAssembly module of version 1");
    }
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new TypeError(`wasm: got ${this.bytes.length} bytes, expected more`);
    this.at += 1;
    return value;
  }

  /** An unsigned LEB128 number. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new TypeError("wasm number: got more than 5 bytes, expected at most 5");
  }

  name(): void {
    const length = this.u32();
    this.at += length;
  }

  /** Skips limits and returns their flags. */
  limits(): number {
    const flags = this.byte();
    this.u32();
    if ((flags & HAS_MAXIMUM) !== 0) this.u32();
    return flags;
  }
}
