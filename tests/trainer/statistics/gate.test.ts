import { describe, expect, it } from "vitest";
import { brierGain } from "../../../trainer/gate/brier-gain.ts";
import { type GateEvidence, judge, type JudgedModel } from "../../../trainer/gate/gate.ts";
import { brierScore } from "../../../trainer/evaluate/metrics/brier-score.ts";
import { seededUniform } from "../volatile-ticks.ts";
import golden from "./golden-calibration.json" with { type: "json" };

/** Float32 probability at which a calm row's squared error is `error`. */
const calmAt = (error: number): number => Math.sqrt(error);

describe("Brier gain", () => {
  it("has scipy's one-sample t interval over blocks of equal size, and an end away from 0 that lies farther", () => {
    const { gains, gainInterval } = golden;
    const base = 0.25;
    const blocks = Int32Array.from({ length: 3 * gains.length }, (_, k) => Math.floor(k / 3));
    // Labels of 1: the squared error of 1 − √e is e.
    const chosen = Float32Array.from(blocks, (b) => 1 - calmAt(base - gains[b]!));
    const baseline = new Float32Array(blocks.length).fill(1 - calmAt(base));
    const gain = brierGain(new Uint8Array(blocks.length).fill(1), blocks, chosen, baseline)!;
    expect(gain.value).toBeCloseTo(gains.reduce((a, b) => a + b, 0) / gains.length, 7);
    expect(gain.low).toBeCloseTo(gainInterval[0]!, 7);
    expect(gain.high).toBeGreaterThan(gainInterval[1]!);
    expect(gain.high - gain.value).toBeLessThan(1.4 * (gainInterval[1]! - gain.value));
  });

  it("is the worked example for two blocks of one row", () => {
    const chosen = Float32Array.of(1 - calmAt(0.4), 1 - calmAt(0.2));
    const baseline = Float32Array.of(1 - calmAt(0.5), 1 - calmAt(0.5));
    const gain = brierGain(Uint8Array.of(1, 1), Int32Array.of(0, 1), chosen, baseline)!;
    expect(gain.value).toBeCloseTo(0.2, 6);
    const reach = 12.7062047 * 0.1;
    const [middle, step] = [Math.asinh(0.2 / reach), 1 / Math.hypot(1, 0.2 / reach)];
    expect(gain.low).toBeCloseTo(reach * Math.sinh(middle - step), 5);
    expect(gain.high).toBeCloseTo(reach * Math.sinh(middle + step), 5);
  });

  it("is the difference of the two Brier scores on all rows when blocks are unequal", () => {
    const uniform = seededUniform(2);
    const labels = Uint8Array.from({ length: 500 }, () => (uniform() < 0.2 ? 1 : 0));
    const [a, b] = [0, 1].map(() => Float32Array.from(labels, () => uniform())) as [Float32Array, Float32Array];
    const blocks = Int32Array.from(labels, (_, k) => Math.min(Math.floor(k / 70), 6));
    expect(brierGain(labels, blocks, a, b)!.value).toBeCloseTo(brierScore(labels, b) - brierScore(labels, a), 12);
  });

  it("does not exist with spikes in one block, and has no width when all blocks gain the same", () => {
    const labels = new Uint8Array(4).fill(1);
    const [good, bad] = [new Float32Array(4).fill(0.75), new Float32Array(4).fill(0.5)];
    expect(brierGain(Uint8Array.of(1, 1, 0, 0), Int32Array.of(0, 0, 1, 1), good, bad)).toBeNull();
    expect(brierGain(labels, new Int32Array(4), good, bad)).toBeNull();
    expect(brierGain(labels, Int32Array.of(0, 0, 1, 1), good, bad)).toEqual({
      value: 0.1875,
      low: 0.1875,
      high: 0.1875,
    });
    expect(brierGain(new Uint8Array(0), new Int32Array(0), new Float32Array(0), new Float32Array(0))).toBeNull();
  });
});

describe("the gate", () => {
  const uniform = seededUniform(23);
  const labels = Uint8Array.from({ length: 4500 }, () => (uniform() < 0.2 ? 1 : 0));
  const blocks = Int32Array.from(labels, (_, k) => Math.floor(k / 90));
  /** Probabilities that lean by `lean` towards the truth. */
  const leaning = (lean: number): Float32Array => Float32Array.from(labels, (y) => 0.2 + lean * (y - 0.2));
  const judged = (lean: number, prAuc: number | null, ece: number): JudgedModel => ({
    probabilities: leaning(lean),
    prAuc,
    ece,
  });
  const good: GateEvidence = {
    labels,
    blocks,
    episodes: 30,
    chosen: judged(0.5, 0.4, 0.03),
    reference: { ...judged(0.2, 0.4, 0.02), family: "har" },
  };

  it("passes a candidate that is better, with the gain over the reference and no reason", () => {
    const gate = judge(good);
    expect(gate).toMatchObject({ verdict: "passed", reasons: [], episodes: 30 });
    expect(Object.keys(gate.gains)).toEqual(["har"]);
    expect(gate.gains["har"]!.low).toBeGreaterThan(0);
  });

  it("refuses 29 episodes", () => {
    expect(judge({ ...good, episodes: 29 })).toMatchObject({ verdict: "refused", reasons: ["too_few_episodes"] });
  });

  it("refuses a candidate that is the baseline itself, or only better by chance", () => {
    const against = (chosen: JudgedModel, reference: JudgedModel): readonly string[] =>
      judge({ ...good, chosen, reference: { ...reference, family: "har" } }).reasons;
    expect(against(good.chosen, good.chosen)).toEqual(["no_gain_over_baseline"]);
    const noisy = (): JudgedModel => ({
      ...good.chosen,
      probabilities: good.chosen.probabilities.map((p) => Math.min(Math.max(p + 0.5 * (uniform() - 0.5), 0), 1)),
    });
    const [a, b] = [noisy(), noisy()];
    expect(against(a, b)).toEqual(["no_gain_over_baseline"]);
    expect(against(b, a)).toEqual(["no_gain_over_baseline"]);
  });

  it("refuses a model that beats a weak baseline but not the reference", () => {
    const [weak, strong] = [judged(0.2, 0.3, 0.02), judged(0.6, 0.45, 0.02)];
    const against = (reference: JudgedModel): readonly string[] =>
      judge({ ...good, reference: { ...reference, family: "har" } }).reasons;
    expect(against(weak)).toEqual([]);
    expect(against(strong)).toEqual(["no_gain_over_baseline", "pr_auc_below_baseline"]);
  });

  it("refuses a lower PR-AUC than the reference's, and one that does not exist", () => {
    const reasons = (chosen: number | null, reference: number | null): readonly string[] =>
      judge({
        ...good,
        chosen: { ...good.chosen, prAuc: chosen },
        reference: { ...good.reference, prAuc: reference },
      }).reasons;
    expect(reasons(0.35, 0.4)).toEqual(["pr_auc_below_baseline"]);
    expect(reasons(0.4, 0.4)).toEqual([]);
    expect(reasons(null, null)).toEqual(["pr_auc_below_baseline"]);
  });

  it("refuses an ECE more than 0.01 above the reference's, never one of 0.01", () => {
    const withEce = (chosen: number | null, reference: number): readonly string[] =>
      judge({
        ...good,
        chosen: { ...good.chosen, ece: chosen },
        reference: { ...good.reference, ece: reference },
      }).reasons;
    expect(withEce(0.031, 0.02)).toEqual(["calibration_worse"]);
    expect(withEce(null, 0.02)).toEqual(["calibration_worse"]);
    expect(withEce(0.01, 0)).toEqual([]);
  });

  it("names every reason against a candidate, and gives no gain on one block", () => {
    const gate = judge({
      ...good,
      blocks: new Int32Array(labels.length),
      episodes: 3,
      chosen: { ...good.chosen, prAuc: 0.1, ece: 0.5 },
    });
    expect(gate).toEqual({
      verdict: "refused",
      reasons: ["too_few_episodes", "no_gain_over_baseline", "pr_auc_below_baseline", "calibration_worse"],
      episodes: 3,
      gains: {},
    });
  });
});
