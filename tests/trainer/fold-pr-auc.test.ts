import { describe, expect, it } from "vitest";
import { foldPrAuc } from "../../trainer/evaluate/evaluate-predictions.ts";

/** One fold of that many seconds, every twentieth a spike unless `spikes` is false. */
function foldOf(seconds: number, spikes = true) {
  const index = Int32Array.from({ length: seconds }, (_, k) => k);
  const label = Uint8Array.from(index, (k) => (spikes && k % 20 === 0 ? 1 : 0));
  const rows = {
    label,
    step: index,
    index,
    tsMs: Float64Array.from(index, (k) => k * 1000),
    symbol: new Uint8Array(seconds),
  };
  const data = { rows, config: { label: { horizonSteps: 60 }, grid: { stepMs: 1000 } } };
  const family = (name: string, probabilities: Float32Array) => {
    return { family: name, probabilities, thresholds: new Float64Array(seconds).fill(0.5), refused: null, seconds: 0 };
  };
  const scores = Float32Array.from(index, (k) => (k % 20 === 0 ? 0.7 : 0.2) + (k % 7) / 100);
  const families = new Map([
    ["logistic", family("logistic", scores)],
    ["har", family("har", new Float32Array(seconds).fill(NaN))],
  ]);
  const split = { test: index } as unknown as Parameters<typeof foldPrAuc>[2];
  return foldPrAuc(
    data as unknown as Parameters<typeof foldPrAuc>[0],
    { families } as unknown as Parameters<typeof foldPrAuc>[1],
    split,
    0,
  );
}

describe("PR-AUC of a fold", () => {
  it("says of a fold of a quarter of an hour that it has too few blocks, and only of what was not fitted that it was not", () => {
    const { prAuc, noPrAuc } = foldOf(900);
    expect(prAuc).toEqual({ logistic: null, har: null });
    expect(noPrAuc).toEqual({ logistic: "1 group of blocks with a spike, needs 2", har: "not fitted" });
  });

  it("has figures of a longer one, and says when there is one outcome only", () => {
    const long = foldOf(6000);
    expect(long.prAuc["logistic"]!.value).toBeGreaterThan(0.9);
    expect(long.noPrAuc).toEqual({ har: "not fitted" });
    expect(foldOf(6000, false).noPrAuc["logistic"]).toBe("no spikes");
  });
});
