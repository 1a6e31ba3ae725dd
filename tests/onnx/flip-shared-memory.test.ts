import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { flipSharedMemory } from "../../onnx/flip-shared-memory.ts";

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** `(import "m" "n" (memory 1 2))` with the given limits. */
const memory = (...limits: number[]): number[] => [1, 0x6d, 1, 0x6e, 2, ...limits];
const imports = (...entries: number[][]): number[] => {
  const body = [entries.length, ...entries.flat()];
  return [2, body.length, ...body];
};
const wasm = (...sections: number[][]): Uint8Array => Uint8Array.from([...HEADER, ...sections.flat()]);

describe("flipSharedMemory", () => {
  it("changes one byte of the runtime that is installed, the flags of its memory from 3 to 1", () => {
    const path = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
    const shared = readFileSync(path);
    const plain = flipSharedMemory(shared);
    const changed = [...plain.keys()].filter((i) => plain[i] !== shared[i]);
    expect(changed.map((i) => [shared[i], plain[i]])).toEqual([[3, 1]]);
  });

  it("finds the memory behind imports of every other kind", () => {
    const others = [
      [1, 0x61, 1, 0x62, 0, 5],
      [1, 0x61, 1, 0x63, 1, 0x70, 1, 2, 3],
      [1, 0x61, 1, 0x64, 3, 0x7f, 0],
    ];
    const type = [1, 4, 1, 0x60, 0, 0];
    const module = wasm(type, imports(...others, memory(3, 1, 2)));
    const plain = flipSharedMemory(module);
    expect([...plain.keys()].filter((i) => plain[i] !== module[i])).toEqual([module.length - 3]);
  });

  it.each([
    ["no import of a memory", wasm(imports([1, 0x61, 1, 0x62, 0, 5])), "got 0 imported shared memories, expected 1"],
    ["a memory that is plain already", wasm(imports(memory(1, 1, 2))), "got 0 imported shared memories, expected 1"],
    ["two of them", wasm(imports(memory(3, 1, 2), memory(3, 1, 2))), "got 2 imported shared memories, expected 1"],
    ["an import of a kind that is unknown", wasm(imports([1, 0x61, 1, 0x62, 9])), "import kind: got 9"],
    ["a module that ends too soon", wasm([2, 9, 1, 1]), "got 12 bytes, expected more"],
    ["no module at all", Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), "expected a WebAssembly module of version 1"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => flipSharedMemory(bytes)).toThrow(message);
  });
});
