// The WebAssembly kernel beside the same loops over 64-bit integers, on random words.
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import { histogramKernel } from "../../../trainer/trees/histogram-kernel.ts";
import { sharedMemory } from "../../../trainer/trees/wasm-memory.ts";

const ROWS = 1000;
const [BINS_AT, ROWS_AT, PAIRS_AT, HISTOGRAMS_AT] = [0, 4096, 8192, 32_768] as const;
const HISTOGRAM_BYTES = 4096;
const END = HISTOGRAMS_AT + 4 * HISTOGRAM_BYTES;

/** A memory full of random words, but row numbers where rows are listed. */
function randomMemory(seed: string) {
  const memory = sharedMemory(END);
  const random = new SeededRandom(seed);
  const words = new Uint32Array(memory.buffer, 0, END / 4);
  for (let i = 0; i < words.length; i++) words[i] = random.uniform() * 2 ** 32;
  const rows = new Uint32Array(memory.buffer, ROWS_AT, ROWS);
  for (let i = 0; i < ROWS; i++) rows[i] = Math.floor(random.uniform() * ROWS);
  return { memory, kernel: histogramKernel(memory), rows };
}

function copyOf(buffer: SharedArrayBuffer): ArrayBuffer {
  return new Uint8Array(buffer, 0, END).slice().buffer;
}

describe("the kernel of histograms", () => {
  it("adds each row's pair of sums to the bins of its four columns, as integers of 64 bits do", () => {
    const { memory, kernel, rows } = randomMemory("add");
    const expected = copyOf(memory.buffer);
    const [bins, sums] = [new Uint8Array(expected, BINS_AT), new BigInt64Array(expected)];
    for (const row of rows.subarray(100, 900)) {
      for (let column = 0; column < 4; column++) {
        const at = (HISTOGRAMS_AT + column * HISTOGRAM_BYTES) / 8 + 2 * bins[4 * row + column]!;
        sums[at]! += sums[PAIRS_AT / 8 + 2 * row]!;
        sums[at + 1]! += sums[PAIRS_AT / 8 + 2 * row + 1]!;
      }
    }
    kernel.addRows(BINS_AT, ROWS_AT + 4 * 100, ROWS_AT + 4 * 900, PAIRS_AT, HISTOGRAMS_AT);
    expect(Buffer.compare(Buffer.from(copyOf(memory.buffer)), Buffer.from(expected))).toBe(0);
  });

  it("takes one histogram from another", () => {
    const { memory, kernel } = randomMemory("subtract");
    const expected = copyOf(memory.buffer);
    const sums = new BigInt64Array(expected);
    const [at, other] = [HISTOGRAMS_AT / 8, (HISTOGRAMS_AT + 2 * HISTOGRAM_BYTES) / 8];
    for (let i = 0; i < HISTOGRAM_BYTES / 8; i++) sums[at + i]! -= sums[other + i]!;
    kernel.subtract(HISTOGRAMS_AT, HISTOGRAMS_AT + HISTOGRAM_BYTES, HISTOGRAMS_AT + 2 * HISTOGRAM_BYTES);
    expect(Buffer.compare(Buffer.from(copyOf(memory.buffer)), Buffer.from(expected))).toBe(0);
  });

  it("changes nothing for no rows and for an empty range", () => {
    const { memory, kernel } = randomMemory("nothing");
    const before = copyOf(memory.buffer);
    kernel.addRows(BINS_AT, ROWS_AT, ROWS_AT, PAIRS_AT, HISTOGRAMS_AT);
    kernel.subtract(HISTOGRAMS_AT, HISTOGRAMS_AT, PAIRS_AT);
    expect(Buffer.compare(Buffer.from(copyOf(memory.buffer)), Buffer.from(before))).toBe(0);
  });
});
