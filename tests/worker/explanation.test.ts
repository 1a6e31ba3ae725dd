// What a prediction rests on: the arithmetic with a model of known weights, and the route.
import { beforeAll, describe, expect, it } from "vitest";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { explainRow } from "../../src/model/explain-row.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import { fetchJson, ingest, predictFresh } from "./gateway.ts";
import { market, tick, WARM_TICKS } from "./market.ts";

const manifest = parseManifest(logistic);
const width = manifest.features.length;
const medians = manifest.drift!.features.slice(0, width).map(({ quantiles }) => quantiles[128]!);
const weights = medians.map((_, j) => (j % 2 === 0 ? 0.05 : -0.1) * (1 + (j % 5)));

/** Log-odds linear in the row; `NaN` counts as 0. Counts its runs. */
function linear(of = manifest): { readonly scorer: Scorer; readonly runs: () => number } {
  let runs = 0;
  const score: Scorer["score"] = (rows) => {
    runs += 1;
    const odds = (row: Float32Array): number =>
      row.reduce((sum, x, j) => sum + (Number.isNaN(x) ? 0 : x * weights[j]!), -0.5);
    const probabilities = Float32Array.from({ length: rows.length / width }, (_, i) => {
      return 1 / (1 + Math.exp(-odds(rows.subarray(i * width, (i + 1) * width))));
    });
    return Promise.resolve({ probabilities });
  };
  return { scorer: { manifest: of, score } as Scorer, runs: () => runs };
}

describe("a row's explanation", () => {
  it("is each weight times the distance from the median, for a model whose log-odds are linear", async () => {
    const { scorer, runs } = linear();
    const row = Float32Array.from(medians, (median, j) => median + (j - 3) / 40);
    const { features, missing } = await explainRow(scorer, row);
    expect(runs()).toBe(1);
    expect(missing).toEqual([]);
    for (const { name, value, reference, contribution } of features) {
      const j = manifest.features.indexOf(name);
      expect(value).toBe(row[j]);
      expect(reference).toBe(medians[j]);
      expect(contribution, name).toBeCloseTo((weights[j]! * (j - 3)) / 40, 4);
    }
    const sizes = features.map(({ contribution }) => Math.abs(contribution!));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it("has a value that is not there as null, and what the model makes of that", async () => {
    const row = Float32Array.from(medians);
    row[0] = NaN;
    const { features } = await explainRow(linear().scorer, row);
    const first = features.find(({ name }) => name === manifest.features[0]);
    expect(first).toMatchObject({ value: null, reference: medians[0] });
    expect(first?.contribution).toBeCloseTo(-weights[0]! * medians[0]!, 4);
  });

  it("has no contribution without a training distribution, nor where the log-odds are not finite", async () => {
    const { scorer, runs } = linear({ ...manifest, drift: null });
    const bare = await explainRow(scorer, Float32Array.from(medians));
    expect(runs()).toBe(0);
    expect(bare.features.every(({ reference, contribution }) => reference === null && contribution === null)).toBe(
      true,
    );
    expect(bare.missing).toEqual(["reference: the model's manifest has no distribution of its training rows"]);
    const sure = { ...linear().scorer, score: () => Promise.resolve({ probabilities: new Float32Array(99).fill(1) }) };
    const { features, missing } = await explainRow(sure, Float32Array.from(medians));
    expect(features.every(({ contribution }) => contribution === null)).toBe(true);
    expect(missing[0]).toBe(`${manifest.features[0]}: the log-odds are not finite`);
  });
});

describe("GET /symbols/:symbol/explanation", () => {
  beforeAll(async () => {
    await ingest(market("E-ONE", WARM_TICKS));
  });

  it("explains the prediction that is served", async () => {
    const { body: served } = await predictFresh("E-ONE");
    const { status, body } = await fetchJson("/symbols/E-ONE/explanation");
    expect(status).toBe(200);
    const { ts, prediction_id, probability, threshold, model } = served;
    expect(body).toMatchObject({ symbol: "E-ONE", ts, prediction_id, probability, threshold, model, missing: [] });
    expect(body.features.map(({ name }: { name: string }) => name).sort()).toEqual([...manifest.features].sort());
    const sum = body.features.reduce(
      (all: number, one: { contribution: number }) => all + Math.abs(one.contribution),
      0,
    );
    expect(sum).toBeGreaterThan(0.1);
  });

  it("says why there is nothing to explain", async () => {
    await ingest(tick("E-NEW", 0));
    const none = (await fetchJson("/symbols/E-NEW/explanation")).body;
    expect(none).toMatchObject({ probability: null, features: [], missing: ["steps: none is closed yet"] });
    await ingest([tick("E-NEW", 1), tick("E-NEW", 2)]);
    const warming = (await fetchJson("/symbols/E-NEW/explanation")).body;
    expect(warming).toMatchObject({ probability: null, features: [] });
    expect(warming.missing[0]).toMatch(/^threshold_values: 0 of 900/);
    expect((await fetchJson("/symbols/E-NOBODY/explanation")).body.code).toBe("unknown_symbol");
    expect((await fetchJson("/symbols/E-NEW/explanation?grid=7s")).body.code).toBe("unknown_grid");
  });
});
