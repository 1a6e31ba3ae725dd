import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import { binThresholds } from "../../../trainer/trees/bin-thresholds.ts";
import { thresholdBetween } from "../../../trainer/trees/threshold-between.ts";
import { type BinnedData, binRows } from "../../../trainer/trees/binning.ts";
import { sortFloats } from "../../../trainer/trees/sort-floats.ts";

const random = new RandomDeviates("binning");
const TINY = 2 ** -149;
const LARGEST = 3.4028234663852886e38;
const anyFloat = new Float32Array(1);

/** Any finite float32 bit pattern. */
function anyBits(): number {
  new Uint32Array(anyFloat.buffer)[0] = random.uniform() * 2 ** 32;
  return Number.isFinite(anyFloat[0]!) ? anyFloat[0]! : anyBits();
}

function binOf({ memory, rowCount }: BinnedData, row: number, column: number): number {
  return new Uint8Array(memory.buffer)[(Math.floor(column / 4) * rowCount + row) * 4 + (column % 4)]!;
}

describe("a threshold between two float32 values", () => {
  it.each([
    [1, 2, 1.5],
    [0, TINY, 0],
    [-2 * TINY, TINY, 0],
    [-TINY, 0, -TINY],
    [1, 1 + 2 ** -23, 1],
    [1 - 2 ** -24, 1 + 2 ** -23, 1],
    [LARGEST, Infinity, LARGEST],
    [-Infinity, -LARGEST, -Infinity],
    [-Infinity, Infinity, 0],
  ])("between %d and %d is %d", (a, b, middle) => {
    expect(thresholdBetween(a, b)).toBe(middle);
  });

  it("is a float32 with a ≤ t < b, strictly inside unless a and b are neighbours", () => {
    for (let k = 0; k < 20_000; k++) {
      const [a, b] = [anyBits(), k % 2 === 0 ? anyBits() : Math.fround(anyFloat[0]! * (1 + 2 ** -22))].sort(
        (p, q) => p - q,
      );
      if (a === b) continue;
      const t = thresholdBetween(a!, b!);
      expect(Math.fround(t)).toBe(t);
      expect(t >= a! && t < b!).toBe(true);
      const someBetween = Math.fround(a! / 2 + b! / 2);
      if (someBetween > a! && someBetween < b!) expect(t).toBeGreaterThan(a!);
    }
  });
});

describe("sorting floats", () => {
  it("orders any float32 as numbers", () => {
    const values = Float32Array.from({ length: 5000 }, anyBits).fill(Infinity, 0, 3).fill(-Infinity, 3, 5);
    expect(sortFloats(values)).toEqual(values.slice().sort());
  });

  it("takes an empty column and the worked example", () => {
    expect(sortFloats(new Float32Array())).toEqual(new Float32Array());
    expect(sortFloats(Float32Array.of(2, -1, 0.5))).toEqual(Float32Array.of(-1, 0.5, 2));
  });
});

describe("the thresholds of a column", () => {
  it("give every distinct value its own bin while there are bins", () => {
    expect([...binThresholds(Float32Array.of(1, 1, 2, 4), 255)]).toEqual([1.5, 3]);
  });

  it("are none for no value and for one value", () => {
    expect(binThresholds(new Float32Array(), 255)).toHaveLength(0);
    expect(binThresholds(Float32Array.of(7, 7, 7), 255)).toHaveLength(0);
  });

  it("share out distinct values evenly", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => i);
    expect([...binThresholds(values, 4)]).toEqual([249.5, 499.5, 749.5]);
  });

  it("keep a value that fills a bin alone in a bin of its own", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i)).sort();
    const thresholds = binThresholds(values, 8);
    expect(thresholds[0]).toBe(250);
    expect(thresholds).toHaveLength(7);
  });
});

describe("binned rows", () => {
  it("keep the worked example: 1, 2, NaN, 2", () => {
    const binned = binRows({ x: Float32Array.of(1, 2, NaN, 2), width: 1, targets: new Float64Array(4) }, 255);
    expect([...binned.thresholds[0]!]).toEqual([1.5]);
    expect([0, 1, 2, 3].map((i) => binOf(binned, i, 0))).toEqual([0, 1, 255, 1]);
  });

  it.each([2, 16, 255])("have bin ≤ k exactly where x ≤ t_k, with %d bins", (maxBins) => {
    const [rows, width] = [700, 6];
    const x = Float32Array.from({ length: rows * width }, (_, i) =>
      i % 11 === 0 ? NaN : i % 6 === 1 ? Math.round(random.normal()) : i % 6 === 2 ? anyBits() : random.normal(),
    );
    const binned = binRows({ x, width, targets: new Float64Array(rows) }, maxBins);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < width; j++) {
        const value = x[i * width + j]!;
        const slow = binned.thresholds[j]!.filter((t) => value > t).length;
        expect(binOf(binned, i, j)).toBe(Number.isNaN(value) ? 255 : slow);
        expect(slow).toBeLessThan(maxBins);
      }
    }
  });

  it("put −0 and 0 into one bin and infinities at the ends", () => {
    const x = Float32Array.of(-0, 0, Infinity, -Infinity, 1e-45);
    const binned = binRows({ x, width: 1, targets: new Float64Array(5) }, 255);
    expect([0, 1, 2, 3, 4].map((i) => binOf(binned, i, 0))).toEqual([1, 1, 3, 0, 2]);
  });

  it("have only missing bins in a column without values", () => {
    const binned = binRows({ x: Float32Array.of(NaN, 1, NaN, 2), width: 2, targets: new Float64Array(2) }, 255);
    expect(binned.thresholds[0]).toHaveLength(0);
    expect([binOf(binned, 0, 0), binOf(binned, 1, 0)]).toEqual([255, 255]);
  });

  it.each([1, 256, 2.5, NaN])("refuse %d bins by name", (maxBins) => {
    const data = { x: Float32Array.of(1), width: 1, targets: new Float64Array(1) };
    expect(() => binRows(data, maxBins)).toThrow(/^maxBins: got .*, expected a whole number 2 … 255$/);
  });

  it("refuse rows that do not fit together", () => {
    const data = { x: Float32Array.of(1, 2), width: 1, targets: Float64Array.of(0, 1) };
    expect(() => binRows({ ...data, x: Float32Array.of(1) }, 9)).toThrow(/^x: got 1 values/);
    expect(() => binRows({ ...data, width: 0 }, 9)).toThrow(/^width: got 0/);
    expect(() => binRows({ ...data, targets: Float64Array.of(0, NaN) }, 9)).toThrow(/^targets\[1\]: got NaN/);
    expect(() => binRows({ ...data, weights: Float64Array.of(0, 0) }, 9)).toThrow(/^weights: all are 0/);
    expect(() => binRows({ ...data, weights: Float64Array.of(0, -1) }, 9)).toThrow(/^weights\[1\]: got -1/);
    expect(() => binRows({ x: new Float32Array(), width: 1, targets: new Float64Array() }, 9)).toThrow(/^targets: /);
  });
});
