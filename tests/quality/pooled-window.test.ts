import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { PooledWindow } from "../../src/quality/pooled-window.ts";
import { groupBlocksOf, type QualityPart } from "../../src/quality/quality-part.ts";
import type { SeriesQuality, WindowName, WindowQuality } from "../../src/quality/window-quality.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { NaiveQuality, type NaiveRows } from "./naive-quality.ts";
import { market, model } from "./simulated-steps.ts";

const [a, b] = [model("a"), model("b")];
const MODELS = [a, b].map(({ sha256, labelText, threshold }) => ({ sha256, labelText, threshold, edges: [] }));

function fed(seed: number, steps = 20_000): { readonly quality: LiveQuality; readonly naive: NaiveQuality } {
  const [quality, naive] = [new LiveQuality(1000), new NaiveQuality()];
  for (const event of market({ seed, steps, changes: new Map([[0, { series: [a, b] }]]), gapChance: 0.0002 })) {
    naive.update(event);
    if ("change" in event) quality.setSeries(event.change.series);
    else quality.update(event.step);
  }
  return { quality, naive };
}

const one = fed(5);
const other = fed(6);

function pooled(name: WindowName, parts: readonly (QualityPart | null)[]): WindowQuality {
  const pool = new PooledWindow(MODELS, 1000);
  for (const part of parts) pool.add(structuredClone(part!));
  return pool.window(name, { curves: true, pairs: [[a.sha256, b.sha256]] });
}

const seriesOf = (window: WindowQuality, { sha256 } = a): SeriesQuality =>
  window.labels[0]!.series.find((found) => found.sha256 === sha256)!;

describe("a window over several symbols", () => {
  it("has of one symbol alone its own counts, sums and episodes, and its PR-AUC as near as merged levels are", () => {
    for (const name of ["1h", "24h", "30d"] as const) {
      const [own, alone] = [
        one.quality.window(name, { pairs: [[a.sha256, b.sha256]] }),
        pooled(name, [one.quality.part(name)]),
      ];
      expect([alone.fromMs, alone.toMs]).toEqual([own.fromMs, own.toMs]);
      const counted = ["horizonSteps", "steps", "pending", "voids", "resolved", "positives", "episodes"] as const;
      for (const key of counted) expect(alone.labels[0]![key], key).toBe(own.labels[0]![key]);
      expect(alone.labels[0]!.tauBps).toBeCloseTo(own.labels[0]!.tauBps!, 12);
      for (const wanted of [a, b]) {
        const [mine, found] = [seriesOf(own, wanted), seriesOf(alone, wanted)];
        for (const key of ["resolved", "pending", "confusion", "reliability", "counts", "expected"] as const) {
          expect(found[key], key).toEqual(mine[key]);
        }
        for (const key of ["brier", "logLoss", "ece", "brierSkill"] as const) {
          if (found[key] !== null) expect(found[key].value).toBeCloseTo(mine[key]!.value, 12);
        }
        if (found.prAuc !== null) expect(Math.abs(found.prAuc.value - mine.prAuc!.value)).toBeLessThan(0.002);
      }
      if (name === "1h") {
        // Groups of one block: the very same intervals.
        expect(seriesOf(alone).brier).toEqual(seriesOf(own).brier);
        expect(alone.pairs[0]!.brierGain).toEqual(own.pairs[0]!.brierGain);
      }
    }
  });

  it("gives a symbol and its copy the interval of one alone: the copy adds nothing but steps", () => {
    const part = one.quality.part("24h");
    const [alone, twice] = [pooled("24h", [part]), pooled("24h", [part, part])];
    const [x, y] = [seriesOf(alone), seriesOf(twice)];
    expect([y.resolved, twice.labels[0]!.episodes]).toEqual([2 * x.resolved, alone.labels[0]!.episodes]);
    // A level and its copy lie one behind the other, where the order within one is left to chance.
    for (const [key, digits] of [
      ["brier", 9],
      ["ece", 9],
      ["prAuc", 3],
    ] as const) {
      for (const end of ["low", "value", "high"] as const) expect(y[key]![end]).toBeCloseTo(x[key]![end], digits);
    }
  });

  it("has the exact figures of the steps of both symbols together", () => {
    const both = pooled("24h", [one.quality.part("24h"), other.quality.part("24h")]);
    const rows = [one, other].map(({ naive }): NaiveRows => naive.rows(a, 0));
    const labels = Uint8Array.from(rows.flatMap((own) => [...own.labels]));
    const probabilities = Float32Array.from(rows.flatMap((own) => [...own.probabilities]));
    const found = seriesOf(both);
    expect(found.resolved).toBe(labels.length);
    expect(Math.abs(found.prAuc!.value - averagePrecision(labels, probabilities))).toBeLessThan(0.002);
    const squares = labels.reduce((sum, y, k) => sum + (probabilities[k]! - y) ** 2, 0);
    expect(found.brier!.value).toBeCloseTo(squares / labels.length, 10);
    const precisions = found.curves!.precisionRecall.map(({ precision }) => precision);
    expect(precisions.reduce((sum, x) => sum + x, 0) / precisions.length).toBeCloseTo(found.prAuc!.value, 10);
    const counts = found.curves!.reliability.map(({ count }) => count);
    expect(counts.reduce((sum, x) => sum + x, 0)).toBe(labels.length);
    expect(both.pairs[0]!.blocks).toBeGreaterThan(2);
  });

  it("does not depend on the order in which the parts come, though levels are merged on the way", () => {
    const parts = Array.from({ length: 24 }, (_, k) => fed(100 + k, 4000).quality.part("24h"));
    const [forth, back] = [pooled("24h", parts), pooled("24h", parts.toReversed())].map((window) => seriesOf(window));
    expect(forth!.confusion).toEqual(back!.confusion);
    expect(forth!.brier!.value).toBeCloseTo(back!.brier!.value, 12);
    expect(Math.abs(forth!.prAuc!.value - back!.prAuc!.value)).toBeLessThan(0.001);
    expect(Math.abs(forth!.prAuc!.high - back!.prAuc!.high)).toBeLessThan(0.002);
  });

  it("leaves out models that the gateway does not serve, and has nothing before the first part", () => {
    const pool = new PooledWindow([MODELS[1]!], 1000);
    expect(pool.window("24h")).toEqual({ name: "24h", fromMs: null, toMs: null, labels: [], pairs: [] });
    pool.add(one.quality.part("24h")!);
    expect(pool.window("24h").labels[0]!.series.map(({ sha256 }) => sha256)).toEqual([b.sha256]);
    expect(new LiveQuality(1000).part("24h")).toBeNull();
  });

  it("joins small groups of young symbols to the larger ones of old symbols, whichever comes first", () => {
    const old = fed(7, 60_000).quality.part("24h")!;
    const young = one.quality.part("24h")!;
    expect([young.groupBlocks, old.groupBlocks]).toEqual([1, 4]);
    const [forth, back] = [pooled("24h", [young, old]), pooled("24h", [old, young])];
    expect(forth.labels[0]!.blocks).toBe(pooled("24h", [old]).labels[0]!.blocks);
    expect(seriesOf(forth).brier!.low).toBeCloseTo(seriesOf(back).brier!.low, 12);
    expect(seriesOf(forth).confusion).toEqual(seriesOf(back).confusion);
    expect(forth.labels[0]).toMatchObject({ resolved: back.labels[0]!.resolved, episodes: back.labels[0]!.episodes });
    expect(Math.abs(seriesOf(forth).prAuc!.value - seriesOf(back).prAuc!.value)).toBeLessThan(0.001);
  });

  it("stays at 32 groups where a symbol stopped long before another began", () => {
    const part = one.quality.part("24h")!;
    const later = { ...part, firstGroup: part.firstGroup + 300, toMs: part.toMs + 300 * 900_000 };
    const labels = part.labels.map((label) => {
      const { firstBlock, episodes } = label.episodeBlocks;
      return { ...label, episodeBlocks: { firstBlock: firstBlock + 300, episodes } };
    });
    const window = pooled("24h", [part, { ...later, labels }]);
    expect(window.labels[0]!.blocks).toBeLessThanOrEqual(32);
    expect(seriesOf(window).resolved).toBe(2 * seriesOf(pooled("24h", [part])).resolved);
    expect(window.labels[0]!.episodes).toBe(2 * pooled("24h", [part]).labels[0]!.episodes);
  });

  it("refuses a part of other steps", () => {
    const part = one.quality.part("24h")!;
    expect(() => new PooledWindow(MODELS, 60_000).add(part)).toThrow(
      new RangeError("part: got steps of 1000 ms, expected 60000 ms"),
    );
  });

  it("costs less than 50 kB a model of a day", () => {
    const { series } = one.quality.part("24h")!;
    const sizes = series.map(({ bins, pending, sums, levels }) =>
      [bins, pending, sums, ...levels].reduce((sum, { byteLength }) => sum + byteLength, 0),
    );
    console.log(`bytes of 20,000 steps: ${sizes.join(", ")}`);
    const groups = series[0]!.levels.length;
    for (const size of sizes) expect((size / groups) * 25).toBeLessThan(50_000);
    expect([groupBlocksOf(0, 31), groupBlocksOf(1, 33), groupBlocksOf(7, 103), groupBlocksOf(5, 125)]).toEqual([
      1, 2, 4, 4,
    ]);
  });
});
