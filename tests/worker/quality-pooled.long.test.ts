import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { poolPerformance } from "../../src/jobs/live-performance/pooled-performance.ts";
import { pooledEpisodes } from "../../src/quality/pooled-episodes.ts";
import type { AliasFigures } from "../../src/durable/symbol/evaluation/symbol-figures.ts";
import { whyLeftOut } from "../../src/jobs/live-performance/why-left-out.ts";
import { type Answer, fetchJson, ingest, stubOf } from "./gateway.ts";
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

/** As of an object that does not know the field. */
function without(figures: AliasFigures, field: keyof AliasFigures): AliasFigures {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => name !== field)) as unknown as AliasFigures;
}

describe("a symbol that is left out of the sums", () => {
  it("is one whose object is of an earlier version and gives less", async () => {
    await runInDurableObject(stubOf("Q-TWO"), (instance) => {
      const figures = instance.figures.bind(instance);
      const type = Object.getPrototypeOf(instance) as typeof instance;
      vi.spyOn(type, "figures").mockImplementation(async () => {
        const answer = (await figures(["24h"], true))!;
        return { ...answer, aliases: answer.aliases.map((one) => without(one, "episodeBlocks")) };
      });
    });
    const { status, body } = await fetchJson("/metrics/live-performance?symbol=Q-TWO");
    vi.restoreAllMocks();
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "no_data", sample_count: 0 });
    expect(body.symbols[0]).toMatchObject({
      included: false,
      reason: expect.stringContaining("of an earlier version"),
    });
  });

  it("is named with its reason", async () => {
    const [champion] = await figuresOf("Q-ONE");
    const { sha256 } = champion!;
    const answered = (hasOwnModels: boolean) => ({ failed: false, answer: { hasOwnModels } });
    expect(whyLeftOut(answered(false), champion, sha256)).toBeNull();
    expect(whyLeftOut(answered(false), champion, "f".repeat(64))).toBe("another champion serves it still");
    expect(whyLeftOut(answered(true), champion, "f".repeat(64))).toBe("its grid has models of its own");
    expect(whyLeftOut(answered(true), undefined, sha256)).toBe("its grid has models of its own");
    // An object of before it could say so.
    expect(whyLeftOut({ failed: false, answer: {} }, champion, sha256)).toBeNull();
    expect(whyLeftOut({ failed: true, answer: undefined }, undefined, sha256)).toBe("its object did not answer");
    expect(whyLeftOut(answered(false), { ...champion!, resolved: 0 }, sha256)).toBe("no label has come yet");
    for (const field of ["counts", "reliability", "levels", "episodeBlocks"] as const) {
      const earlier = without(champion!, field);
      expect(whyLeftOut(answered(false), earlier, sha256)).toContain("of an earlier version");
      expect(() => poolPerformance([earlier])).toThrow(RangeError);
    }
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
