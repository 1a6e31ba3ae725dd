import { beforeAll, describe, expect, it } from "vitest";
import { feedbackQuality } from "../../src/durable/symbol/evaluation/feedback-quality.ts";
import { KeptWindows } from "../../src/durable/symbol/evaluation/kept-windows.ts";
import { type BlockRows, poolIntervals } from "../../src/jobs/live-performance/pooled-intervals.ts";
import { poolPerformance } from "../../src/jobs/live-performance/pooled-performance.ts";
import type { SymbolFigures } from "../../src/durable/symbol/evaluation/symbol-figures.ts";
import { shapeQuality } from "../../src/http/quality.ts";
import { snakeKeys } from "../../src/snake-keys.ts";
import { shapeDrift } from "../../src/http/drift.ts";
import { verdictWords } from "../../src/words/drift-words.ts";
import { qualityFamilies } from "../../src/metrics/quality-metrics.ts";
import { ROW_WIDTH, addToRow } from "../../src/quality/figure-row.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { SCORE_BINS, ScoreBins } from "../../src/quality/score-bins.ts";
import { parseExposition } from "./exposition-parser.ts";
import { type Answer, fetchJson, ingest, postJson, predictFresh, stubOf } from "./gateway.ts";
import { START_MS, integers, market, tick } from "./market.ts";
import { describeQuality, sampleDrift, sampleQuality } from "./sample-week.ts";

/** Long enough for three blocks of 900 resolved steps after warming up, and for a closed hour. */
const TICKS = 4200;
const LONG = ["Q-ONE", "Q-TWO"];

beforeAll(async () => {
  for (const [i, symbol] of LONG.entries()) {
    const all = market(symbol, TICKS, { seed: 3 + i });
    for (let from = 0; from < all.length; from += 700) await ingest(all.slice(from, from + 700));
  }
  await ingest(market("Q-COLD", 20));
});

async function figuresOf(symbol: string): Promise<SymbolFigures["aliases"]> {
  return (await stubOf(symbol).figures(["24h"], true))!.aliases as SymbolFigures["aliases"];
}

/** Every path to a `null`, so that a reason can be asked for each. */
function nullFigures(value: unknown, path = ""): string[] {
  if (value === null) return [path];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => nullFigures(inner, `${path}.${key}`));
}

describe("GET /symbols/:symbol/quality", () => {
  it("counts every scored step once: pending, void and resolved make up the label's steps", async () => {
    const { status, body } = await fetchJson("/symbols/Q-ONE/quality?bins=1");
    expect(status).toBe(200);
    expect(body.window).toBe("24h");
    expect(body.missing).toEqual([]);
    const [label] = body.labels;
    expect(label.scored_steps).toBe(label.pending + label.void + label.resolved);
    expect(label.pending).toBe(60);
    expect(label.resolved).toBeGreaterThan(2000);
    expect(label.blocks).toBeGreaterThanOrEqual(3);
    for (const model of label.models) {
      const { tp, fp, fn, tn } = model.confusion;
      expect(tp + fp + fn + tn).toBe(model.resolved);
      const [calm, spike] = [model.counts.calm, model.counts.spike];
      expect([calm.length, spike.length]).toEqual([SCORE_BINS, SCORE_BINS]);
      expect(spike.reduce((n: number, k: number) => n + k, 0)).toBe(tp + fn);
      expect(calm.reduce((n: number, k: number) => n + k, 0)).toBe(fp + tn);
      expect(model.reliability.reduce((n: number, bin: { count: number }) => n + bin.count, 0)).toBe(model.resolved);
    }
  });

  it("shows each figure with its interval, and episodes, blocks and base rate beside it", async () => {
    const { body } = await fetchJson("/symbols/Q-ONE/quality");
    const champion = body.labels[0].models.find((m: Answer["body"]) => m.model.aliases.includes("champion"));
    for (const name of ["pr_auc", "lift", "roc_auc", "brier", "log_loss", "ece"]) {
      const { value, low, high } = champion[name];
      expect(low, name).toBeLessThanOrEqual(value);
      expect(value, name).toBeLessThanOrEqual(high);
    }
    expect(champion.lift.value).toBeCloseTo(champion.pr_auc.value / champion.base_rate, 12);
    expect(champion.episodes).toBeGreaterThan(0);
    expect(champion.blocks).toBe(body.labels[0].blocks);
    expect(champion.expected.base_rate).toBeGreaterThan(0);
    expect(champion.realised_minus_expected.base_rate.value).toBeGreaterThan(-1);
    expect(champion.counts).toBeUndefined();
  });

  it("compares the champion with every baseline on the same blocks", async () => {
    const { body } = await fetchJson("/symbols/Q-ONE/quality");
    const compared = body.pairs.map((pair: Answer["body"]) => [
      pair.model.aliases,
      pair.reference.aliases,
      pair.reason,
    ]);
    expect(compared).toEqual([
      [["champion"], ["zscore"], null],
      [["champion"], ["persistence"], null],
      [["champion"], ["threshold-only"], null],
    ]);
    for (const { brier_gain: gain } of body.pairs) expect(gain.low).toBeLessThanOrEqual(gain.high);
    expect(body.experiment).toBe("no_pair: there is no challenger");
  });

  it("says in words why there is nothing yet", async () => {
    const { body } = await fetchJson("/symbols/Q-COLD/quality?window=1h");
    expect(body.tau_bps).toBeNull();
    expect(body.missing[0]).toMatch(/^tau_bps: there is no threshold yet/);
    for (const { models } of body.labels) {
      for (const model of models)
        expect(model.missing).toEqual(["figures: no counted step of this window was scored by it"]);
    }
    for (const { reason } of body.pairs) expect(reason).toMatch(/^(too_few_blocks: 0 blocks|unknown_model)/);
  });

  it("gives a reason wherever a figure is null", async () => {
    for (const path of [
      "/symbols/Q-ONE/quality?window=30d",
      "/symbols/Q-COLD/quality",
      "/symbols/Q-TWO/quality?window=1h",
    ]) {
      const { body } = await fetchJson(path);
      for (const label of body.labels) {
        for (const model of label.models) {
          const nulls = nullFigures({ ...model, reliability: [], model: {} });
          expect(model.missing.length > 0, `${path}: ${nulls.join(" ")}`).toBe(nulls.length > 0);
        }
      }
      for (const pair of body.pairs) expect(pair.brier_gain === null).toBe(pair.reason !== null);
    }
  });

  it("keeps an answer for a minute of event time, and not longer", async () => {
    await ingest(market("Q-KEEP", 2400));
    const resolved = async (): Promise<number> =>
      (await fetchJson("/symbols/Q-KEEP/quality")).body.labels[0].resolved as number;
    // The tick at 2400 s begins a minute of event time.
    await ingest(tick("Q-KEEP", 2400, 60_000));
    const before = await resolved();
    await ingest(Array.from({ length: 50 }, (_, i) => tick("Q-KEEP", 2401 + i, 60_000 + i)));
    expect(await resolved()).toBe(before);
    await ingest(Array.from({ length: 10 }, (_, i) => tick("Q-KEEP", 2451 + i, 60_000 - i)));
    expect(await resolved()).toBe(before + 60);
  });

  it("shows outside truth beside the ticks' own labels, never among them", async () => {
    const before = (await fetchJson("/symbols/Q-TWO/quality")).body;
    const { body: prediction } = await predictFresh("Q-TWO");
    const told = await postJson("/feedback", { prediction_id: prediction.prediction_id, label: 1 });
    expect(told.body.accepted).toBe(1);
    const { body } = await fetchJson("/symbols/Q-TWO/quality");
    expect(body.labels).toEqual(before.labels);
    expect(body.feedback).toEqual([
      {
        model: {
          aliases: ["champion"],
          name: prediction.model.name,
          version: prediction.model.version,
          sha256: prediction.model.sha256,
        },
        labels: 1,
        spikes: 1,
        confusion: prediction.alert ? { tp: 1, fp: 0, fn: 0, tn: 0 } : { tp: 0, fp: 0, fn: 1, tn: 0 },
        pr_auc: null,
        reason: "pr_auc: only spikes were told",
      },
    ]);
  });

  it("says that label specs differ in place of a comparison", () => {
    const quality = describeQuality(sampleQuality(2000, 1));
    const other = { ...quality.models[1]!, labelText: "absolute source=last measure=rv horizon=60 bps=5" };
    const [window] = quality.windows;
    const refused = { ...window!.pairs[0]!, brierGain: null, prAucGain: null, refusal: "label_specs_differ" } as const;
    const body: Answer["body"] = shapeQuality(
      "X",
      {
        ...quality,
        models: [quality.models[0]!, other],
        windows: [{ ...window!, pairs: [refused] }],
        pairRefusal: "label_specs_differ",
      },
      false,
    );
    expect(body.pairs[0].reason).toMatch(/^label_specs_differ: they predict different things/);
    expect(body.experiment).toBe("label_specs_differ: champion and challenger predict different things");
    expect(body.missing.at(-1)).toMatch(/^comparison: label specs differ/);
  });

  it("refuses what it does not know, naming it", async () => {
    expect(await fetchJson("/symbols/Q-NOBODY/quality")).toMatchObject({
      status: 404,
      body: { code: "unknown_symbol" },
    });
    expect(await fetchJson("/symbols/Q-ONE/quality?window=7d")).toMatchObject({
      status: 400,
      body: { code: "window_malformed", detail: 'window: got "7d", expected one of 1h, 24h, 30d' },
    });
    expect(await fetchJson("/symbols/Q-ONE/quality?bins=yes")).toMatchObject({
      status: 400,
      body: { code: "bins_malformed" },
    });
  });
});

describe("GET /symbols/:symbol/drift", () => {
  it("judges nothing without a reference, and says that the day is not over", async () => {
    const { status, body } = await fetchJson("/symbols/Q-ONE/drift");
    expect(status).toBe(200);
    const hour = body.windows["1h"];
    expect(Date.parse(hour.to)).toBe(START_MS + 3_600_000);
    expect(["no_reference", "uncalibrated"]).toContain(hour.verdict);
    expect(hour.words).toBe(`Not judged: ${hour.reason}.`);
    expect(body.windows["24h"]).toEqual({
      verdict: "none",
      reason: "no whole day of event time has been closed since the symbol was created",
      features: [],
    });
    expect(body.history).toHaveLength(1);
    expect(body.concept.events).toEqual([]);
  });

  it("states the false-alarm rate with the verdict, and what fixed thresholds would say beside it", () => {
    const { windows, history, concept } = shapeDrift("X", sampleDrift(2)) as Answer["body"];
    const hour = windows["1h"];
    expect(hour.verdict).toBe("drift");
    expect(hour.words).toBe(
      "Drift, by the number of features: 50 % of the features drifted, the limit is 22 %; the farthest, " +
        `${hour.largest_ratio_feature}, is at 1.94 times its threshold, the limit is 2.1 times; 5 % of windows without a ` +
        "change are above one of the two, as 412 training windows showed.",
    );
    expect(hour).toMatchObject({ drifted_share: 0.5, threshold: 0.22, ratio_threshold: 2.1, alarmed_by: ["share"] });
    expect(history.at(-1)).toMatchObject({
      drifted_share: 0.5,
      ratio_threshold: 2.1,
      largest_ratio: hour.largest_ratio,
    });
    expect(hour.false_alarms).toEqual({ stated_rate: 0.05, training_windows: 412 });
    expect(hour.customary.share_at_0_1).toBe(0.6);
    expect(hour.customary.verdicts.map((verdict: { drift: boolean }) => verdict.drift)).toEqual([true, false]);
    expect(hour.features[0]).toMatchObject({ name: "rv_10", wasserstein: 0.4, jensen_shannon: 0.06, drifted: true });
    expect(hour.features[9].words).toBe("within what training windows showed");
    expect(concept.events[0]).toMatchObject({ detector: "page-hinkley", what: "error", mean_after: 0.142 });
  });

  it("says which of the two limits alarmed, and speaks of one where the model has one", () => {
    const verdict = sampleDrift(2).latest["1h"]!;
    const words = (change: Partial<typeof verdict>): string => verdictWords({ ...verdict, ...change });
    expect(words({ driftedShare: 0.1, largestRatio: 3.456, alarmedBy: ["ratio"] })).toMatch(
      /^Drift, by the farthest feature: 10 % of .*is at 3.46 times its threshold, the limit is 2.1 times; 5 % of/,
    );
    expect(words({ largestRatio: 3, alarmedBy: ["share", "ratio"] })).toMatch(
      /^Drift, by the number of features and by the farthest one: /,
    );
    expect(words({ verdict: "ok", driftedShare: 0, alarmedBy: [] })).toMatch(
      /^No drift: 0 % of the features drifted, .*one of the two/,
    );
    expect(words({ largestRatio: null, largestRatioFeature: null })).toContain("no feature could be counted in its");
    expect(words({ datasetRatioThreshold: null })).toBe(
      "Drift: 50 % of the features drifted, the limit is 22 %; 5 % of windows without a change are above it, as 412 " +
        "training windows showed.",
    );
  });

  it("knows no symbol without ticks", async () => {
    expect((await fetchJson("/symbols/Q-NOBODY/drift")).status).toBe(404);
  });
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
    expect(body.episodes).toBe(sum(({ episodes }) => episodes));
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

describe("the metrics of quality and drift", () => {
  it("are the figures that the quality answer has, and absent where there are none", async () => {
    const { body } = await fetchJson("/metrics");
    const families = parseExposition(body as string);
    const sample = (name: string, labels: Record<string, string>): number | undefined =>
      families
        .get(name)
        ?.series.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value;
    const quality = (await fetchJson("/symbols/Q-ONE/quality")).body;
    const champion = quality.labels[0].models.find((m: Answer["body"]) => m.model.aliases.includes("champion"));
    const at = { symbol: "Q-ONE", alias: "champion", window: "24h" };
    for (const [metric, figure] of [
      ["volgate_pr_auc", champion.pr_auc],
      ["volgate_roc_auc", champion.roc_auc],
      ["volgate_brier", champion.brier],
      ["volgate_ece", champion.ece],
      ["volgate_lift", champion.lift],
    ]) {
      expect(sample(metric, at), metric).toBeCloseTo(figure.value, 12);
    }
    expect(sample("volgate_episodes", at)).toBe(champion.episodes);
    expect(sample("volgate_resolved", at)).toBe(champion.resolved);
    expect(sample("volgate_labels_total", { symbol: "Q-ONE", outcome: "resolved" })).toBe(
      quality.since_creation.resolved,
    );
    expect(sample("volgate_pr_auc", { symbol: "Q-COLD" })).toBeUndefined();
    expect(sample("volgate_monitor_errors_total", { symbol: "Q-ONE" })).toBe(0);
    expect(sample("volgate_damaged_pages", { symbol: "Q-ONE" })).toBe(0);
    const verdicts = families.get("volgate_drift_verdict")!.series.filter(({ labels }) => labels["symbol"] === "Q-ONE");
    expect(verdicts.map(({ value }) => value).sort()).toEqual([0, 0, 0, 0, 1]);
  });

  it("have the drift ratio beside its limit, and no sample where a model has no limit", () => {
    const judged = { verdict: "drift", driftedShare: 0.2, threshold: 0.4, largestRatio: 3.5, ratioThreshold: 1.7 };
    const unlimited = { ...judged, verdict: "ok", ratioThreshold: null };
    const monitor = {
      aliases: [],
      stats: { resolved: 0, voids: 0, unresolved: 0, uncounted: 0 },
      drift: [
        { ...judged, window: "1h" },
        { ...unlimited, window: "24h" },
      ],
      damagedPages: 0,
      monitorErrors: 0,
    };
    const families = qualityFamilies([{ symbol: "X", monitor }]);
    const samples = (name: string) => families.find((family) => family.name === name)!.samples;
    expect(samples("volgate_drift_ratio").map(({ value }) => value)).toEqual([3.5, 3.5]);
    expect(samples("volgate_drift_ratio_threshold")).toEqual([{ labels: { symbol: "X", window: "1h" }, value: 1.7 }]);
  });

  it("keep their labels to symbols, aliases and windows", async () => {
    const families = parseExposition((await fetchJson("/metrics")).body as string);
    const { series } = families.get("volgate_pr_auc")!;
    expect(new Set(series.map(({ labels }) => labels["window"]))).toEqual(
      new Set(["1h", "24h", "30d"].filter((w) => series.some(({ labels }) => labels["window"] === w))),
    );
    for (const { labels } of series) {
      expect(Object.keys(labels).sort()).toEqual(["alias", "symbol", "window"]);
      expect(["champion", "challenger", "zscore", "persistence", "threshold-only"]).toContain(labels["alias"]);
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
    expect(pooled.brier).toBeCloseTo(mean, 14);
    expect(() => poolPerformance([one!, { ...two!, sha256: "f".repeat(64) }])).toThrow(/symbols: got f+ for/);
    expect(() => poolPerformance([{ ...one!, counts: null }])).toThrow(RangeError);
  });
});

describe("intervals pooled over symbols", () => {
  /** Some blocks of 60 steps each; probabilities follow the outcomes a little. */
  function symbolRows(firstBlock: number, blocks: number, seed: number): BlockRows {
    const below = integers(seed);
    const rows = new Float64Array(blocks * ROW_WIDTH);
    const bins = new ScoreBins(0.3);
    for (let b = 0; b < blocks; b++) {
      for (let i = 0; i < 60; i++) {
        const label = below(10) < 1 + (b % 4) ? 1 : 0;
        const probability = (below(60) + 25 * label) / 100;
        addToRow(rows, b * ROW_WIDTH, bins.bin(probability), probability, label);
      }
    }
    return { firstBlock, rows };
  }

  it("are as wide for a symbol and its copy as for the symbol alone", () => {
    const one = symbolRows(7, 12, 1);
    const alone = poolIntervals([one], 99);
    const doubled = poolIntervals([one, one], 99);
    expect(alone.blocks).toBe(12);
    for (const name of ["prAuc", "lift", "rocAuc", "brier", "ece"] as const) {
      const [a, b] = [alone.figures[name]!, doubled.figures[name]!];
      expect(a.low, name).toBeLessThan(a.value);
      expect(a.value, name).toBeLessThan(a.high);
      // The order within a score bin is a matter of chance, which more steps narrow: curves differ by that much.
      const digits = name === "prAuc" || name === "lift" ? 2 : 12;
      for (const end of ["value", "low", "high"] as const) expect(b[end], name).toBeCloseTo(a[end], digits);
    }
    expect(poolIntervals([one], 99)).toEqual(alone);
  });

  it("put rows of the same block of time together, whenever each symbol began", () => {
    const one = symbolRows(7, 12, 1);
    const early = { firstBlock: 7, rows: one.rows.slice(0, 5 * ROW_WIDTH) };
    const late = { firstBlock: 12, rows: one.rows.slice(5 * ROW_WIDTH) };
    expect(poolIntervals([late, early], 99)).toEqual(poolIntervals([one], 99));
  });

  it("are none with fewer than two blocks of time, however many symbols there are", () => {
    const none = { prAuc: null, lift: null, rocAuc: null, brier: null, ece: null };
    expect(poolIntervals([symbolRows(7, 1, 1), symbolRows(7, 1, 2)], 1)).toEqual({ blocks: 1, figures: none });
    expect(poolIntervals([], 1)).toEqual({ blocks: 0, figures: none });
  });
});

describe("windows that are kept", () => {
  it("are computed anew in turns, each symbol's once in its time", () => {
    const kept = new KeptWindows({ staggered: true });
    const symbols = Array.from({ length: 10 }, () => new LiveQuality(1000));
    const last = symbols.map((quality) => kept.window(quality, "1h", { eventMs: 0, keptMs: 900_000 }));
    const renewed = Array.from({ length: 15 }, (_, minute) => {
      const eventMs = (minute + 1) * 60_000;
      return symbols.filter((quality, i) => {
        const before = last[i];
        last[i] = kept.window(quality, "1h", { eventMs, keptMs: 900_000 });
        return last[i] !== before;
      }).length;
    });
    expect(renewed.reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(Math.max(...renewed)).toBe(1);
  });

  it("are computed anew when the question or the models change", () => {
    const kept = new KeptWindows();
    const quality = new LiveQuality(1000);
    const at = { eventMs: 30_000, keptMs: 60_000 };
    const first = kept.window(quality, "24h", at);
    expect(kept.window(quality, "24h", { ...at, eventMs: 59_999 })).toBe(first);
    expect(kept.window(quality, "24h", { ...at, resamples: 1 })).not.toBe(first);
    const second = kept.window(quality, "24h", at);
    quality.setSeries([{ sha256: "a".repeat(64), threshold: 0.5, labelText: "l", spec: 0, horizonSteps: 60 }]);
    expect(kept.window(quality, "24h", at)).not.toBe(second);
  });
});

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
      },
      { sha12: "bbbbbbbbbbbb", labels: 1, spikes: 0, confusion: null, prAuc: null },
    ]);
    expect(feedbackQuality([], firstAlertBins)).toEqual([]);
  });
});

describe("snakeKeys", () => {
  it("renames keys at every depth and nothing else", () => {
    expect(snakeKeys({ meanGain: [{ eValue: 1 }], tauBps: null })).toEqual({
      mean_gain: [{ e_value: 1 }],
      tau_bps: null,
    });
    expect(snakeKeys({ "threshold-only": "someText" })).toEqual({ "threshold-only": "someText" });
  });
});
