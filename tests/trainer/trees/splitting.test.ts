import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import { fixedPoint, writePair } from "../../../trainer/trees/fixed-point.ts";
import {
  BIN,
  findSplit,
  GAIN,
  LEFT_ROWS,
  MISSING_LEFT,
  SPLIT_FIELDS,
  type SplitRules,
} from "../../../trainer/trees/splitting.ts";

interface Row {
  readonly bin: number;
  readonly g: number;
  readonly h: number;
}

const rules: SplitRules = { l2: 0.5, minChildRows: 1, minChildWeight: 0, minGain: 0 };
const free = { direction: 0, lower: -Infinity, upper: Infinity };
const fixed = fixedPoint(1000, 8, 8);

function histogramOf(rows: readonly Row[]): Int32Array {
  const histogram = new Int32Array(1024);
  const asBig = new BigInt64Array(histogram.buffer);
  const pair = new Int32Array(4);
  const bigPair = new BigInt64Array(pair.buffer);
  for (const { bin, g, h } of rows) {
    writePair(pair, 0, g, h, fixed);
    asBig[2 * bin]! += bigPair[0]!;
    asBig[2 * bin + 1]! += bigPair[1]!;
  }
  return histogram;
}

const total = (rows: readonly Row[]): { gradient: number; hessian: number; rows: number } => ({
  gradient: rows.reduce((sum, { g }) => sum + g, 0),
  hessian: rows.reduce((sum, { h }) => sum + h, 0),
  rows: rows.length,
});

function found(
  rows: readonly Row[],
  bins: number,
  set: SplitRules = rules,
  { direction, lower, upper } = free,
): Float64Array {
  const out = new Float64Array(SPLIT_FIELDS);
  findSplit(histogramOf(rows), 0, bins, fixed, { ...total(rows), lower, upper }, direction, set, out, 0);
  return out;
}

/** Every bin and both sides for missing values, by plain sums over the rows. */
function slowGain(rows: readonly Row[], bins: number, set: SplitRules, { direction, lower, upper } = free): number {
  const term = (part: readonly Row[]): { value: number; term: number } => {
    const { gradient, hessian } = total(part);
    const value = Math.min(upper, Math.max(lower, -gradient / (hessian + set.l2)));
    return { value, term: -(2 * gradient * value + (hessian + set.l2) * value * value) };
  };
  let best = -Infinity;
  for (let bin = 0; bin < bins; bin++) {
    for (const missingLeft of [false, true]) {
      const goesLeft = (row: Row): boolean => (row.bin === 255 ? missingLeft : row.bin <= bin);
      const left = rows.filter(goesLeft);
      const right = rows.filter((row) => !goesLeft(row));
      if (Math.min(left.length, right.length) < Math.max(1, set.minChildRows)) continue;
      if (Math.min(total(left).hessian, total(right).hessian) < set.minChildWeight) continue;
      const partsMissing = left.every(({ bin: b }) => b === 255) || right.every(({ bin: b }) => b === 255);
      if (!partsMissing && direction * (term(right).value - term(left).value) < 0) continue;
      best = Math.max(best, term(left).term + term(right).term - term(rows).term);
    }
  }
  return best > set.minGain + 1e-9 ? best : -Infinity;
}

function randomRows(seed: string, count: number, bins: number, missing: number): Row[] {
  const random = new RandomDeviates(seed);
  const sixteenths = (x: number): number => Math.round(16 * x) / 16;
  return Array.from({ length: count }, () => ({
    bin: random.uniform() < missing ? 255 : Math.floor(random.uniform() * bins),
    g: sixteenths(random.normal()),
    h: sixteenths(0.1 + random.uniform()),
  }));
}

describe("the best split of a column", () => {
  const cases = [
    ["without missing values", { missing: 0 }],
    ["with missing values", { missing: 0.2 }],
    ["with most values missing", { missing: 0.9 }],
    ["with a least number of rows", { missing: 0.2, minChildRows: 12 }],
    ["with a least weight", { missing: 0.2, minChildWeight: 9 }],
    ["with a least gain", { missing: 0.2, minGain: 1.5 }],
    ["without L2", { missing: 0.2, l2: 0 }],
    ["of a rising column", { missing: 0.2, direction: 1 }],
    ["of a falling column", { missing: 0.2, direction: -1 }],
    ["within bounds", { missing: 0.2, lower: -0.1, upper: 0.15 }],
    ["of a rising column within bounds", { missing: 0.2, direction: 1, lower: -0.2, upper: 0.1 }],
  ] as const;

  it.each(cases)("has the gain that trying everything finds: %s", (name, { missing, ...given }) => {
    const set = { ...rules, ...given };
    const bounds = { ...free, ...given };
    let some = 0;
    for (let k = 0; k < 40; k++) {
      const rows = randomRows(`${name} ${k}`, 10 + k, 7, missing);
      const slow = slowGain(rows, 7, set, bounds);
      const gain = found(rows, 7, set, bounds)[GAIN]!;
      if (slow === -Infinity) expect(gain).toBe(-Infinity);
      else expect(gain).toBeCloseTo(slow, 9);
      if (slow > 0) some++;
    }
    expect(some).toBeGreaterThan(5);
  });

  const row = (bin: number, g: number): Row => ({ bin, g, h: 1 });

  it("is none for one row, one bin or equal gradients", () => {
    expect(found([row(0, 1)], 3)[GAIN]).toBe(-Infinity);
    expect(found([row(1, 1), row(1, -1)], 3)[GAIN]).toBe(-Infinity);
    expect(found([row(0, 1), row(1, 1), row(2, 1)], 3, { ...rules, l2: 0 })[GAIN]).toBe(-Infinity);
  });

  it("sends missing values to the side that they resemble", () => {
    const rows = [row(0, -1), row(0, -1), row(1, 1), row(1, 1)];
    expect(found([...rows, row(255, -1)], 2)[MISSING_LEFT]).toBe(1);
    expect(found([...rows, row(255, 1)], 2)[MISSING_LEFT]).toBe(0);
  });

  it("sends missing values that the node has not seen with the larger child", () => {
    expect(found([row(0, -1), row(0, -1), row(1, 1)], 2)[MISSING_LEFT]).toBe(1);
    expect(found([row(0, -1), row(1, 1), row(1, 1)], 2)[MISSING_LEFT]).toBe(0);
  });

  it("parts missing values from all others when that is best", () => {
    const out = found([row(0, -1), row(1, -1), row(255, 1), row(255, 1)], 2);
    expect([out[BIN], out[MISSING_LEFT], out[LEFT_ROWS]]).toEqual([1, 0, 2]);
  });

  it("takes the lowest of thresholds that part the same rows", () => {
    expect(found([row(0, -1), row(4, 1)], 6)[BIN]).toBe(0);
  });
});
