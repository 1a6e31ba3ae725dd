import { describe, expect, it } from "vitest";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import { Differences } from "../../feeds/parity/differences.ts";
import { compareQuality, resolvedSteps } from "../../feeds/parity/quality-comparison.ts";

const THRESHOLD = 0.5;
const MANIFEST = { threshold: THRESHOLD, scoreEdges: null };

/** What a gateway would answer of these rows. */
function liveOf(labels: readonly number[], probabilities: readonly number[]) {
  const bins = new ScoreBins(THRESHOLD);
  const counts = { calm: new Array<number>(128).fill(0), spike: new Array<number>(128).fill(0) };
  const confusion = { tp: 0, fp: 0, fn: 0, tn: 0 };
  labels.forEach((label, i) => {
    const p = probabilities[i]!;
    counts[label === 1 ? "spike" : "calm"][bins.bin(p)]! += 1;
    confusion[p >= THRESHOLD ? (label === 1 ? "tp" : "fp") : label === 1 ? "fn" : "tn"] += 1;
  });
  return {
    model: { sha256: "a" },
    resolved: labels.length,
    counts,
    confusion,
    pr_auc: { value: 5 / 6 },
    pr_auc_bounds: { low: 0.8, high: 0.85 },
  };
}

const LABELS = [0, 0, 1, 1];
const PROBABILITIES = [0.1, 0.4, 0.35, 0.8];
const OWN = { labels: Uint8Array.from(LABELS), probabilities: Float32Array.from(PROBABILITIES) };

describe("the comparison of live quality", () => {
  it("finds nothing where the gateway has the trainer's counts, and gives both PR-AUCs", () => {
    const differences = new Differences();
    const row = compareQuality("BTC-USD 24h champion", liveOf(LABELS, PROBABILITIES), OWN, MANIFEST, differences);
    expect(differences.count).toBe(0);
    expect(row).toMatchObject({ resolved: 4, spikes: 2, livePrAuc: 5 / 6 });
    expect(row.exactPrAuc).toBeCloseTo(5 / 6, 12);
  });

  it("names a count in a bin, a cell of the confusion matrix and a PR-AUC that differ", () => {
    const differences = new Differences();
    const live = liveOf([0, 0, 1, 0], PROBABILITIES);
    compareQuality("X", { ...live, pr_auc: { value: 0.8 } }, OWN, MANIFEST, differences);
    // One spike less and one calm step more in its bin, one true positive less and one false positive more, and PR-AUC.
    expect(differences.count).toBe(5);
    expect(differences.first).toMatch(/^X: calm steps in score bin \d+: gateway 1, here 0$/);
  });

  it("names bounds that leave the exact PR-AUC out", () => {
    const differences = new Differences();
    const live = { ...liveOf(LABELS, PROBABILITIES), pr_auc_bounds: { low: 0.84, high: 0.85 } };
    compareQuality("X", live, OWN, MANIFEST, differences);
    expect(differences.first).toMatch(/^X: exact PR-AUC 0.8333\d+, outside of 0.84 to 0.85$/);
  });

  it("lets live PR-AUC be 0.005 off and no more", () => {
    for (const [error, count] of [
      [0.004, 0],
      [0.006, 1],
    ] as const) {
      const differences = new Differences();
      const live = { ...liveOf(LABELS, PROBABILITIES), pr_auc: { value: 5 / 6 + error } };
      compareQuality("X", live, OWN, MANIFEST, differences);
      expect(differences.count).toBe(count);
    }
  });
});

describe("the trainer's join of scores and labels", () => {
  const closed = new ClosedSteps(1, 8);
  const add = (index: number, label: number, flags: number = FLAG.observed): void => {
    const k = closed.append();
    closed.index[k] = index;
    closed.label[k] = label;
    closed.flags[k] = flags;
  };
  add(10, LABEL.none);
  add(11, LABEL.none, FLAG.observed | FLAG.stale);
  add(12, LABEL.calm);
  add(13, LABEL.spike);
  add(14, LABEL.void);
  add(15, LABEL.spike);
  const scores = Float32Array.of(0.1, 0.2, 0.3, 0.4, NaN, 0.6);

  it("gives a step the label that closed a horizon later, without void ones, stale rows and steps without a score", () => {
    const { labels, probabilities } = resolvedSteps(closed, 2, scores, 0);
    expect([...labels]).toEqual([0, 1]);
    expect([...probabilities]).toEqual([Math.fround(0.1), Math.fround(0.4)]);
  });

  it("leaves out steps from before the window", () => {
    expect(resolvedSteps(closed, 2, scores, 11).labels).toHaveLength(1);
    expect(resolvedSteps(closed, 2, scores, 14).labels).toHaveLength(0);
  });
});
