// The WASM file of onnxruntime-web for a memory that is not shared.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flipSharedMemory } from "./flip-shared-memory.ts";

const SOURCE = "onnxruntime-web/ort-wasm-simd-threaded.wasm";

/** Throws `TypeError` when the installed version imports its memory in another way than the pinned one. */
export function runtimeWasm(): Uint8Array<ArrayBuffer> {
  return flipSharedMemory(readFileSync(fileURLToPath(import.meta.resolve(SOURCE))));
}
