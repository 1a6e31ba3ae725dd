import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import { checkLabelShift, type LabelShiftPlan } from "../../../trainer/evaluate/leaks/check-label-shift.ts";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";

const N = 30_000;
const random = new RandomDeviates("label-shift-test");
/** Volatility with a memory of minutes, seen through noise; spikes are where its future is high. */
const volatility = new Float64Array(N);
for (let k = 1; k < N; k++) volatility[k] = 0.99 * volatility[k - 1]! + Math.sqrt(1 - 0.99 ** 2) * random.normal();
const seen = volatility.map((v) => v + 0.7 * random.normal());
const labels = volatility.map((v) => (v > 1.2 ? 1 : 0));
const y = Uint8Array.from(labels);

/** Lift on the last 60 % of what a scorer makes of the rows. */
function liftOf(score: (labels: Uint8Array) => ArrayLike<number>): (labels: Uint8Array) => number {
  return (shifted) => {
    const from = Math.floor(0.4 * N);
    const test = shifted.subarray(from);
    const scores = Float64Array.from(score(shifted)).subarray(from);
    return averagePrecision(test, scores) / (test.reduce((a, b) => a + b, 0) / test.length);
  };
}

const honest = liftOf(() => seen);
const plan = (lift: (labels: Uint8Array) => number, changed: Partial<LabelShiftPlan> = {}): LabelShiftPlan => ({
  labels: y,
  symbols: new Uint16Array(N),
  seed: 7,
  lift,
  real: lift(y),
  ...changed,
});

describe("label shift check", () => {
  it("passes a pipeline that reads the features only", async () => {
    const check = await checkLabelShift(plan(honest));
    expect(check).toMatchObject({ name: "label-shift", outcome: "passed", passed: true, figures: { shifts: 20 } });
    expect(check.figures["real"]).toBeGreaterThan(2 * check.figures["highest"]!);
    expect(Math.abs(check.figures["mean"]! - 1)).toBeLessThan(check.figures["tolerance"]!);
  });

  it("fails a pipeline that reads the labels, however they are shifted", async () => {
    const peeking = liftOf((shifted) => seen.map((s, k) => s + 5 * shifted[k]!));
    const check = await checkLabelShift(plan(peeking));
    expect(check).toMatchObject({ outcome: "failed", passed: false });
    expect(check.detail).toContain("their mean is not chance");
    expect(check.figures["mean"]).toBeGreaterThan(2);
  });

  it("fails a pipeline that reads little of the labels: the mean of neighbours' labels", async () => {
    const blurred = liftOf((shifted) => seen.map((s, k) => s + 0.7 * (shifted[k + 30] ?? 0)));
    expect((await checkLabelShift(plan(blurred))).detail).toContain("their mean is not chance");
  });

  it("fails a pipeline whose score is constant, since it is not above chance", async () => {
    const check = await checkLabelShift(plan(liftOf(() => new Float64Array(N))));
    expect(check).toMatchObject({ outcome: "failed", passed: false });
    expect(check.figures["mean"]).toBeCloseTo(1, 12);
    expect(check.detail).toContain("the real lift does not lie above them");
  });

  it("shifts by at least an hour either way, each time differently, within each symbol, losing no label", async () => {
    const two = Uint16Array.from({ length: N }, (_, k) => k % 2);
    const numbered = Uint8Array.from({ length: N }, (_, k) => (Math.floor(k / 2) === 100 ? 1 : 0));
    const distances: number[] = [];
    const lift = (shifted: Uint8Array): number => {
      const places = [0, 1].map((s) => Math.floor(shifted.findIndex((label, k) => label === 1 && k % 2 === s) / 2));
      expect(places[0]).toBe(places[1]);
      expect(shifted.reduce((a, b) => a + b, 0)).toBe(2);
      const moved = (100 - places[0]! + N / 2) % (N / 2);
      distances.push(Math.min(moved, N / 2 - moved));
      return 1;
    };
    await checkLabelShift(plan(honest, { lift, labels: numbered, symbols: two, real: 2 }));
    expect(distances.length).toBe(20);
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(3600);
    expect(new Set(distances).size).toBeGreaterThan(18);
  });

  it("awaits an asynchronous pipeline, and reports progress", async () => {
    const done: number[] = [];
    const lift = async (shifted: Uint8Array): Promise<number> => Promise.resolve(honest(shifted));
    const check = await checkLabelShift(plan(honest, { lift, onProgress: (n) => done.push(n) }));
    expect(check.passed).toBe(true);
    expect(done.at(-1)).toBe(20);
  });

  it("is not possible on too few rows for 20 shifts of an hour, and says how many it takes", async () => {
    const short = y.subarray(0, 8000);
    const check = await checkLabelShift(plan(honest, { labels: short, real: 3 }));
    expect(check).toMatchObject({ outcome: "not_possible", passed: false });
    expect(check.detail).toContain("8000 rows of the shortest symbol, 8400 are needed for 20 shifts");
    expect((await checkLabelShift(plan(honest, { labels: new Uint8Array(0), real: 3 }))).outcome).toBe("not_possible");
  });

  it("is not possible when the shifts leave no spike to test on", async () => {
    let call = 0;
    const check = await checkLabelShift(plan(honest, { lift: () => (call++ % 2 === 0 ? NaN : 1) }));
    expect(check).toMatchObject({ outcome: "not_possible" });
    expect(check.detail).toContain("only 10 of 20 shifts have a lift");
  });
});
