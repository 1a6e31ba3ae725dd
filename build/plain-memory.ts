// Writes the runtime's WASM file for the bundler: onnxruntime-web's own, with a memory that is not shared.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runtimeWasm } from "../onnx/runtime-wasm.ts";

/** What src/model/runtime.ts imports. */
const FILE = join(import.meta.dirname, "..", "dist", "ort-plain-memory.wasm");

/** An equal file is left alone, so that a watching bundler does not start again. */
export function writePlainMemoryRuntime(): void {
  const wasm = runtimeWasm();
  if (existsSync(FILE) && readFileSync(FILE).equals(wasm)) return;
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, wasm);
}
