import { describe, expect, it } from "vitest";
import { feedbackQuality } from "../../src/durable/symbol/evaluation/feedback-quality.ts";

describe("feedbackQuality", () => {
  const label = (sha12: string, count: number, bin: number, said: 0 | 1) => ({ sha12, count, bin, label: said });

  it("has the confusion matrix at the model's own threshold, and average precision over bins", () => {
    // The first model alerts from bin 64 on.
    const labels = [label("aaaaaaaaaaaa", 1, 70, 1), label("aaaaaaaaaaaa", 1, 64, 0), label("aaaaaaaaaaaa", 2, 63, 1)];
    const firstAlertBins = new Map([["a".repeat(64), 64]]);
    expect(feedbackQuality([...labels, label("bbbbbbbbbbbb", 1, 10, 0)], firstAlertBins)).toEqual([
      {
        sha12: "aaaaaaaaaaaa",
        labels: 4,
        spikes: 3,
        confusion: { tp: 1, fp: 1, fn: 2, tn: 0 },
        prAuc: expect.closeTo((1 + 2 / 3 + 3 / 4) / 3, 2) as number,
        prAucBounds: { low: expect.closeTo((1 + 2 / 3 + 3 / 4) / 3, 12), high: expect.any(Number) },
      },
      { sha12: "bbbbbbbbbbbb", labels: 1, spikes: 0, confusion: null, prAuc: null, prAucBounds: null },
    ]);
    expect(feedbackQuality([], firstAlertBins)).toEqual([]);
  });
});
