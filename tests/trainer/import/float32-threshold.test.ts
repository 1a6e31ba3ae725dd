import { describe, expect, it } from "vitest";
import {
  BRANCH_MODES,
  type BranchMode,
  float32Below,
  float32Threshold,
} from "../../../trainer/import/float32-threshold.ts";
import { seededUniform } from "../volatile-ticks.ts";

const takes: Readonly<Record<BranchMode, (x: number, t: number) => boolean>> = {
  BRANCH_LEQ: (x, t) => x <= t,
  BRANCH_LT: (x, t) => x < t,
  BRANCH_GTE: (x, t) => x >= t,
  BRANCH_GT: (x, t) => x > t,
  BRANCH_EQ: (x, t) => x === t,
  BRANCH_NEQ: (x, t) => x !== t,
};

/** The float32 numbers around `t`: three on each side, found by their bits. */
function neighbours(t: number): number[] {
  const word = new DataView(new ArrayBuffer(4));
  const ordered = (bits: number): number => (bits < 0 ? -2147483648 - bits : bits);
  word.setFloat32(0, Math.fround(t));
  const centre = ordered(word.getInt32(0));
  return Array.from({ length: 7 }, (_, i) => {
    const bits = centre + i - 3;
    word.setInt32(0, bits < 0 ? -2147483648 - bits : bits);
    return word.getFloat32(0);
  });
}

const uniform = seededUniform(11);
const MAX = 3.4028234663852886e38;
const TINY = 2 ** -149;
const edges = [
  0,
  -0,
  1,
  -1,
  0.1,
  -0.1,
  TINY,
  -TINY,
  TINY / 3,
  -TINY / 3,
  MAX,
  -MAX,
  MAX * 1.1,
  -MAX * 1.1,
  1e300,
  -1e300,
];
const random = Array.from({ length: 2000 }, () => (uniform() - 0.5) * 10 ** (uniform() * 80 - 40));
const thresholds = [...edges, ...random, ...random.map(Math.fround), Infinity, -Infinity];

describe("a threshold in float32", () => {
  it.each(BRANCH_MODES)("sends every float32 the way the float64 one does: %s", (mode) => {
    let differsFromNearest = 0;
    for (const t of thresholds) {
      const rounded = float32Threshold(mode, t);
      if (!Number.isNaN(rounded)) expect(Math.fround(rounded)).toBe(rounded);
      for (const x of [...neighbours(t), ...edges.map(Math.fround), Infinity, -Infinity, NaN]) {
        const wanted = takes[mode](x, t);
        if (takes[mode](x, rounded) !== wanted) expect.fail(`${mode}: ${x} against ${t} became ${rounded}`);
        if (takes[mode](x, Math.fround(t)) !== wanted) differsFromNearest += 1;
      }
    }
    // Plain rounding to nearest does not, so that these cases can tell.
    expect(differsFromNearest).toBeGreaterThan(500);
  });

  it("is the example of its documentation", () => {
    expect(float32Threshold("BRANCH_LEQ", 0.1)).toBe(0.09999999403953552);
    expect(float32Threshold("BRANCH_LT", 0.1)).toBe(0.10000000149011612);
    expect(float32Threshold("BRANCH_EQ", 0.1)).toBeNaN();
    expect(float32Threshold("BRANCH_EQ", 0.5)).toBe(0.5);
  });

  it("stays what it is when it is a float32 or no number", () => {
    for (const mode of BRANCH_MODES) {
      for (const t of [0, 0.5, -3, MAX, Infinity, -Infinity, NaN]) expect(float32Threshold(mode, t)).toBe(t);
    }
    expect(float32Below(-1e300)).toBe(-Infinity);
    expect(float32Below(TINY / 2)).toBe(0);
    expect(float32Below(-TINY / 4)).toBe(-TINY);
  });
});
