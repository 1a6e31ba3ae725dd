import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { pooledEpisodes } from "../../src/quality/pooled-episodes.ts";
import type { SeriesPoints } from "../../src/quality/point-figures.ts";
import type { SeriesQuality } from "../../src/quality/window-quality.ts";
import { market, model } from "./simulated-steps.ts";

const NAMES = ["1h", "24h", "30d"] as const;
const FIGURES = ["prAuc", "lift", "rocAuc", "brier", "brierSkill", "logLoss", "ece"] as const;
const [a, b, d] = [model("a"), model("b"), model("d", "spec b", 1)];

/** Live quality at several moments: a second model comes in late, and a model of another label goes. */
function* moments(seed: number): Generator<LiveQuality> {
  const quality = new LiveQuality(1000);
  const changes = new Map([
    [0, { series: [a, d] }],
    [4000, { series: [a, b] }],
  ]);
  let steps = 0;
  for (const event of market({ seed, steps: 9000, changes, gapChance: 0.0005, missing: 0.02 })) {
    if ("change" in event) quality.setSeries(event.change.series);
    else {
      quality.update(event.step);
      if (++steps % 450 === 0) yield quality;
    }
  }
}

function expectSamePoints(points: SeriesPoints, series: SeriesQuality): void {
  for (const name of FIGURES) {
    const figure = series[name];
    // A figure with spikes in one block has no interval.
    if (figure !== null) expect(points[name], name).toBe(figure.value);
    if (points.blocks < 2) expect(points[name], name).toBeNull();
  }
  expect(without(points, [...FIGURES, "levels"])).toEqual(
    without(series, [...FIGURES, "prAucBounds", "realisedMinusExpected"]),
  );
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

describe("figures without intervals", () => {
  it("are bit for bit the values inside the intervals, with the same counts", () => {
    let compared = 0;
    for (const quality of moments(5)) {
      for (const name of NAMES) {
        const points = quality.points(name);
        const { labels } = quality.window(name);
        for (const { episodes, episodeBlocks } of points) expect(pooledEpisodes([episodeBlocks])).toBe(episodes);
        expect(points.map((label) => without(label, ["series", "episodeBlocks"]))).toEqual(
          labels.map((label) => without(label, ["series"])),
        );
        labels.forEach(({ series }, l) => {
          expect(points[l]!.series).toHaveLength(series.length);
          series.forEach((one, s) => expectSamePoints(points[l]!.series[s]!, one));
          compared += series.length;
        });
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it("exist from the second block with resolved steps on, whatever has an interval", () => {
    let late = 0;
    for (const quality of moments(6)) {
      for (const { series } of quality.points("24h")) {
        for (const one of series) {
          expect(one.brier === null, `${one.sha256[0]}: ${one.blocks} blocks`).toBe(one.blocks < 2);
          if (one.sha256 === b.sha256 && one.blocks === 2) late += 1;
        }
      }
    }
    expect(late).toBeGreaterThan(0);
  });

  it("are none before the first step", () => {
    expect(new LiveQuality(1000).points("24h")).toEqual([]);
  });
});
