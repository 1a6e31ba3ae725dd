// Writes the runtime's WASM file for the bundler: onnxruntime-web's own, with a memory that is not shared.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runtimeWasm } from "../onnx/runtime-wasm.ts";

/** What src/model/runtime.ts imports. */
const FILE = join(import.meta.dirname, "..", "dist", "ort-plain-memory.wasm");

/** Does not rewrite an equal file, so that a watching bundler does not rebuild. */
export function writePlainMemoryRuntime(): void {
  const wasm = runtimeWasm();
  if (existsSync(FILE) && readFileSync(FILE).equals(wasm)) return;
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, wasm);
}
