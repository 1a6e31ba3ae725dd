import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LABEL } from "../../src/features/label-window.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import type { QualitySeries } from "../../src/quality/quality-series.ts";
import { expectSameGains, expectSameWindows } from "./expect-same-window.ts";
import { NaiveQuality } from "./naive-quality.ts";
import { type Event, type Market, type SeriesChange, market, model, step } from "./simulated-steps.ts";

const MINUTE = 60_000;

function feed(quality: LiveQuality, event: Event): void {
  if ("change" in event) quality.setSeries(event.change.series, event.change.pair);
  else quality.update(event.step);
}

function both(stepMs: number, options: Market): { quality: LiveQuality; naive: NaiveQuality } {
  const quality = new LiveQuality(stepMs);
  const naive = new NaiveQuality();
  for (const event of market(options)) {
    feed(quality, event);
    naive.update(event);
  }
  return { quality, naive };
}

const champion = model("a");
const challenger = model("b", "spec a", 0, 0.7);
const pair = { champion: champion.sha256, challenger: challenger.sha256 };
const two: SeriesChange = { series: [champion, challenger], pair };

/** Some of five models in some order, two of them of another spec; columns by first appearance. */
const anyModels = fc
  .shuffledSubarray(["a", "b", "c", "d", "e"], { minLength: 1 })
  .map((letters): readonly QualitySeries[] => {
    const texts = [...new Set(letters.map((letter) => (letter < "d" ? "spec a" : "spec b")))];
    return letters.map((letter) => {
      const text = letter < "d" ? "spec a" : "spec b";
      return model(letter, text, texts.indexOf(text), letter.charCodeAt(0) / 128 - 0.5, 60);
    });
  });

describe("live quality", () => {
  it("equals a slow computation in every figure, through holes, void and stale rows, gaps and models that come and go", () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 5000 }), anyModels);
    fc.assert(
      fc.property(
        fc.nat(1e6),
        anyModels,
        fc.array(change, { maxLength: 3 }),
        fc.boolean(),
        (seed, first, later, gaps) => {
          const changes = new Map([[0, { series: first }], ...later.map(([at, series]) => [at, { series }] as const)]);
          const options = { seed, steps: 5000, changes, gapChance: gaps ? 0.002 : 0, missing: 0.01 };
          const { quality, naive } = both(MINUTE, options);
          expectSameWindows(quality, naive, MINUTE);
          expect(quality.stats.unresolved).toBe(naive.unresolved);
        },
      ),
      { numRuns: 12 },
    );
  });

  it("keeps thirty days and no more, and drops the day's steps behind a gap longer than the ring", () => {
    const { quality, naive } = both(MINUTE, {
      seed: 5,
      steps: 50_000,
      changes: new Map([[0, two]]),
      gapChance: 0.0004,
      gapSteps: 6000,
    });
    expect(naive.last - naive.steps[0]!.index).toBeGreaterThan(2 * 43_200);
    expectSameWindows(quality, naive, MINUTE);
    const far = { ...step(naive.last + 1_000_000), segmentStart: true };
    quality.update(far);
    naive.update({ step: far });
    expectSameWindows(quality, naive, MINUTE);
    expect(quality.window("30d").labels[0]).toMatchObject({ resolved: 0, pending: 1, episodes: 0 });
  });

  it("resolves each model by its own label's horizon", () => {
    const series = [champion, model("d", "spec b", 1, 0.5, 300)];
    const { quality, naive } = both(MINUTE, {
      seed: 9,
      steps: 4000,
      changes: new Map([[0, { series }]]),
      gapChance: 0.001,
    });
    expectSameWindows(quality, naive, MINUTE);
    const [short, long] = quality.window("24h").labels;
    expect([short!.horizonSteps, long!.horizonSteps]).toEqual([60, 300]);
    expect(short!.resolved).toBeGreaterThan(long!.resolved);
  });

  it("sums the pair's gains per block without the block's last horizon, and anew for another pair", () => {
    const options = { seed: 3, steps: 9000, gapChance: 0.0005, missing: 0.01 };
    const { quality, naive } = both(1000, { ...options, changes: new Map([[0, two]]) });
    expectSameGains(quality, naive, 0);
    expect(quality.blockGains().length).toBeGreaterThanOrEqual(10);
    const other = { series: [champion, model("c")], pair: { champion: champion.sha256, challenger: "c".repeat(64) } };
    const swapped = both(1000, {
      ...options,
      changes: new Map([
        [0, two],
        [4321, other],
      ]),
    });
    const since = swapped.naive.steps[4321]!.index;
    expectSameGains(swapped.quality, swapped.naive, since);
  });

  it("counts an episode once, in the block where the pair first has a spike of it", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries(two.series, pair);
    for (let index = 0; index < 2800; index++) {
      const spike = index - 60 >= 800 && index - 60 < 1000;
      quality.update({ ...step(index), labels: [index < 60 ? LABEL.none : spike ? LABEL.spike : LABEL.calm] });
    }
    const gains = quality.blockGains().map(({ positives, episodes }) => ({ positives, episodes }));
    expect(gains).toEqual([
      { positives: 40, episodes: 1 },
      { positives: 100, episodes: 0 },
      { positives: 0, episodes: 0 },
      { positives: 0, episodes: 0 },
    ]);
    expect(quality.blockGains().map(({ complete }) => complete)).toEqual([true, true, true, false]);
    expect(quality.window("24h").labels[0]!.episodes).toBe(1);
  });

  it("says why there is nothing to compare", () => {
    const quality = new LiveQuality(1000);
    expect([quality.pairRefusal, quality.blockGains()]).toEqual(["no_pair", []]);
    const other = model("b", "spec b", 1);
    quality.setSeries([champion, other], { champion: champion.sha256, challenger: other.sha256 });
    expect(quality.pairRefusal).toBe("label_specs_differ");
    for (let index = 0; index < 100; index++) {
      quality.update({ ...step(index), labels: [index < 60 ? -1 : 0, index < 60 ? -1 : 1], taus: [1e-4, 1e-4] });
    }
    expect(quality.blockGains()).toEqual([]);
    const window = quality.window("24h", {
      pairs: [
        [champion.sha256, other.sha256],
        [champion.sha256, "none"],
      ],
    });
    expect(window.pairs.map(({ refusal }) => refusal)).toEqual(["label_specs_differ", "unknown_model"]);
    quality.setSeries([model("a", "long", 0, 0.3, 900), model("b", "long", 0, 0.3, 900)], pair);
    expect(quality.pairRefusal).toBe("horizon_too_long");
    quality.setSeries(two.series, pair);
    expect(quality.pairRefusal).toBeUndefined();
  });

  it("passes each label with the exact probability to its listener, by place in the list", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([challenger, champion]);
    const heard: unknown[] = [];
    quality.onResolved = (...what) => heard.push(what);
    for (let index = 0; index <= 61; index++) {
      const probabilities = Float32Array.of(0.25, index === 1 ? NaN : 0.1);
      quality.update({ ...step(index), labels: [index < 60 ? LABEL.none : LABEL.spike], probabilities });
    }
    expect(heard).toEqual([
      [0, 0, 0.25, 1],
      [1, 0, Math.fround(0.1), 1],
      [0, 1, 0.25, 1],
    ]);
  });

  it("never uses what is void, stale or cut off, and counts each", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([champion]);
    for (let index = 0; index < 200; index++) {
      const labels = [index < 60 ? LABEL.none : index < 100 ? LABEL.void : LABEL.calm];
      quality.update({ ...step(index), labels, counts: index % 10 !== 0 });
    }
    expect(quality.stats).toMatchObject({ voids: 36, resolved: 90, uncounted: 20, unresolved: 0 });
    quality.update({ ...step(600), segmentStart: true });
    expect(quality.stats).toMatchObject({ unresolved: 54, breaks: 1 });
    const [label] = quality.window("24h").labels;
    expect(label).toMatchObject({ voids: 36, resolved: 90, pending: 1, steps: 127 });
  });

  it("ignores a step that is not newer than the last", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([champion]);
    quality.update(step(10));
    for (const index of [10, 9, NaN, 11.5, -1]) quality.update(step(index));
    expect(quality.stats.disordered).toBe(5);
    expect(quality.window("1h")).toMatchObject({ toMs: 11_000, labels: [{ pending: 1 }] });
  });

  it("answers before any step and any model", () => {
    const quality = new LiveQuality(1000);
    const empty = { fromMs: null, toMs: null, labels: [], pairs: [] };
    for (const name of ["1h", "24h", "30d"] as const) expect(quality.window(name)).toEqual({ name, ...empty });
    quality.update(step(5));
    quality.setSeries([champion]);
    expect(quality.window("1h").labels[0]!.series[0]).toMatchObject({
      resolved: 0,
      prAuc: null,
      brier: null,
      f1: null,
    });
  });

  it("refuses invalid arguments, naming them", () => {
    const quality = new LiveQuality(1000);
    const refuse = (series: readonly QualitySeries[], message: string): void =>
      expect(() => quality.setSeries(series)).toThrow(message);
    expect(() => new LiveQuality(0)).toThrow("stepMs: got 0, expected a whole number from 1");
    refuse(
      [..."abcdefgh"].map((letter) => model(letter)),
      "series: got 8, expected at most 7",
    );
    refuse([champion, champion], "expected each model once");
    refuse([model("a", "x", 0, 2)], "series[0].threshold: got 2");
    refuse([model("a", "x", -1)], "series[0].spec: got -1");
    refuse([model("a", "x", 0, 0.5, 0)], "series[0].horizonSteps: got 0");
    refuse([model("a", "x", 0), model("b", "x", 1)], "series[1]: got spec 1");
    refuse([model("a", "x", 0), model("b", "y", 1), model("c", "z", 2)], "got 3 label specs");
    expect(() => quality.setSeries([champion], pair)).toThrow(`pair: got ${challenger.sha256}`);
    expect(quality.window("1h").labels).toEqual([]);
  });
});
