// The two inner loops of histograms as a WebAssembly module, faster than the same loops over typed arrays
// (docs/decisions/0012). Its source is histogram-kernel.wat, assembled when this file is loaded. It works on addresses
// only.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";
import { wasm, type WasmMemory } from "./wasm-memory.ts";

/** Addresses are bytes in the shared memory. */
export interface HistogramKernel {
  /**
   * For each row number in [rowsAt, rowsEnd): loads the row's four bin bytes at `binsAt` + 4 · row and its pair of
   * 64-bit sums at `pairsAt` + 16 · row, and adds the pair to bin b of histogram c at `histogramsAt` + 4096 · c + 16 ·
   * b.
   */
  addRows(binsAt: number, rowsAt: number, rowsEnd: number, pairsAt: number, histogramsAt: number): void;
  /** Takes the pairs of 64-bit sums at `otherAt` from those in [at, end). */
  subtract(at: number, end: number, otherAt: number): void;
}

const SOURCE = "histogram-kernel.wat";
const compiled = new wasm.Module(await assembled(SOURCE));

/** The kernel over a memory; each thread makes its own over the same memory. */
export function histogramKernel(memory: WasmMemory): HistogramKernel {
  return new wasm.Instance(compiled, { volgate: { memory } }).exports as HistogramKernel;
}

/** Throws an error that names the line of a syntax error; the rest is checked when the module is made. */
async function assembled(name: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const source = parseWat(name, readFileSync(join(import.meta.dirname, name), "utf8"), { threads: true });
  try {
    return source.toBinary({}).buffer;
  } finally {
    source.destroy();
  }
}
