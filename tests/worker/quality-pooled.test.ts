import { beforeAll, describe, expect, it } from "vitest";
import { poolPerformance } from "../../src/jobs/live-performance/pooled-performance.ts";
import { pooledEpisodes } from "../../src/quality/pooled-episodes.ts";
import { type Answer, fetchJson, ingest } from "./gateway.ts";
import { market } from "./market.ts";
import { feedLong, figuresOf } from "./quality-symbols.ts";

beforeAll(async () => {
  await feedLong("Q-ONE", 3);
  await feedLong("Q-TWO", 4);
  await ingest(market("Q-COLD", 20));
});

describe("GET /metrics/live-performance", () => {
  it("sums counts over the symbols, and names those without", async () => {
    const { status, body } = await fetchJson("/metrics/live-performance");
    expect(status).toBe(200);
    expect(body.status).toBe("success");
    const included: string[] = body.symbols.flatMap((s: Answer["body"]) => (s.included ? [s.symbol] : []));
    const parts = await Promise.all(included.map(figuresOf));
    const champions = parts.map((part) => part.find(({ alias }) => alias === "champion")!);
    const sum = (of: (one: (typeof champions)[number]) => number): number =>
      champions.reduce((n, one) => n + of(one), 0);
    expect(body.symbol_count).toBe(champions.length);
    expect(body.sample_count).toBe(sum(({ resolved }) => resolved));
    expect(body.positive_samples).toBe(sum(({ counts }) => counts!.spike.reduce((n, k) => n + k, 0)));
    const own = champions.map(({ episodes }) => episodes);
    expect(body.episodes).toBe(pooledEpisodes(champions.map(({ episodeBlocks }) => episodeBlocks!)));
    expect(body.episodes).toBeGreaterThanOrEqual(Math.max(...own));
    expect(body.episodes).toBeLessThanOrEqual(sum(({ episodes }) => episodes));
    expect(body.positive_samples + body.negative_samples).toBe(body.sample_count);
    const { true_positives: tp, false_negatives: fn, recall } = body.metrics;
    expect(recall).toBeCloseTo(tp / (tp + fn), 12);
    expect(body.confusion_matrix[1]).toEqual([fn, tp]);
    expect(body.symbol_count).toBeGreaterThan(1);
    for (const name of ["pr_auc", "lift", "roc_auc", "brier", "ece"]) {
      const { value, low, high } = body.intervals[name];
      expect(value, name).toBeCloseTo(body.metrics[name], 9);
      expect(low, name).toBeLessThanOrEqual(value);
      expect(high, name).toBeGreaterThanOrEqual(value);
    }
    expect(body.missing).not.toContainEqual(expect.stringMatching(/^intervals/));
    expect(body.symbols).toContainEqual(expect.objectContaining({ symbol: "Q-COLD", included: false }));
  });

  it("has one symbol's own figures, with intervals, when asked for it alone", async () => {
    const { body } = await fetchJson("/metrics/live-performance?symbol=Q-ONE");
    const quality = (await fetchJson("/symbols/Q-ONE/quality")).body;
    const champion = quality.labels[0].models.find((m: Answer["body"]) => m.model.aliases.includes("champion"));
    expect(body.symbols).toHaveLength(1);
    expect(body.intervals.pr_auc.value).toBeCloseTo(champion.pr_auc.value, 12);
    // The same blocks, drawn with another seed.
    expect(body.intervals.pr_auc.low).toBeCloseTo(champion.pr_auc.low, 1);
    expect(body.metrics.pr_auc).toBeCloseTo(champion.pr_auc.value, 12);
    expect(body.metrics.ece).toBeCloseTo(champion.ece.value, 9);
    expect(body.metrics.brier).toBeCloseTo(champion.brier.value, 12);
    expect(body.metrics.f1_score).toBe(champion.f1);
    expect(body.spike_rate).toBe(champion.base_rate);
  });

  it("answers no_data, not zeros, where no label has come", async () => {
    const { status, body } = await fetchJson("/metrics/live-performance?symbol=Q-COLD&window=1h");
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "no_data", sample_count: 0, time_window_hours: 1 });
    expect(body.metrics).toBeUndefined();
    expect(body.symbols[0]).toMatchObject({ symbol: "Q-COLD", included: false });
    expect(body.symbols[0].reason).not.toBeNull();
    expect((await fetchJson("/metrics/live-performance?symbol=Q-NOBODY")).status).toBe(404);
  });
});

describe("figures pooled over symbols", () => {
  it("are one symbol's own where it is alone, and none without a resolved step", async () => {
    const [champion] = await figuresOf("Q-ONE");
    const pooled = poolPerformance([champion!])!;
    for (const name of ["prAuc", "lift", "rocAuc", "brier", "ece"] as const) {
      expect(pooled[name], name).toBeCloseTo(champion![name]!, 9);
    }
    expect(poolPerformance([])).toBeNull();
    expect(poolPerformance(await figuresOf("Q-COLD"))).toBeNull();
  });

  it("weigh a symbol by its resolved steps, and refuse to add up different models", async () => {
    const [[one], [two]] = await Promise.all([figuresOf("Q-ONE"), figuresOf("Q-TWO")]);
    const pooled = poolPerformance([one!, two!])!;
    expect(pooled.resolved).toBe(one!.resolved + two!.resolved);
    const mean = (one!.brier! * one!.resolved + two!.brier! * two!.resolved) / pooled.resolved;
    expect(pooled.brier).toBeCloseTo(mean, 12);
    expect(pooled.prAucBounds!.low).toBeLessThanOrEqual(pooled.prAuc!);
    expect(pooled.prAucBounds!.high).toBeGreaterThanOrEqual(pooled.prAuc!);
    // A young symbol has no figures of its own, and takes none from the others.
    const young = { ...two!, blocks: 1, brier: null, prAuc: null, ece: null };
    expect(poolPerformance([one!, young])).toEqual(pooled);
    expect(() => poolPerformance([one!, { ...two!, sha256: "f".repeat(64) }])).toThrow(/symbols: got f+ for/);
    expect(() => poolPerformance([{ ...one!, counts: null }])).toThrow(RangeError);
  });
});
