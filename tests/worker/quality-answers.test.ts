import { beforeAll, describe, expect, it } from "vitest";
import { shapeQuality } from "../../src/http/quality.ts";
import { snakeKeys } from "../../src/words/snake-keys.ts";
import { SCORE_BINS } from "../../src/quality/score-bins.ts";
import { type Answer, fetchJson, ingest, postJson, predictFresh } from "./gateway.ts";
import { market, tick } from "./market.ts";
import { feedLong } from "./quality-symbols.ts";
import { describeQuality, sampleQuality } from "./sample-week.ts";

beforeAll(async () => {
  await feedLong("Q-ONE", 3);
  await feedLong("Q-TWO", 4);
  await ingest(market("Q-COLD", 20));
});

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
      [["champion"], ["reference"], null],
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
        confusion:
          prediction.probability >= prediction.threshold
            ? { tp: 1, fp: 0, fn: 0, tn: 0 }
            : { tp: 0, fp: 0, fn: 1, tn: 0 },
        pr_auc: null,
        pr_auc_bounds: null,
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

  it("draws curves with intervals where they are asked for, PR-AUC being the mean of their precisions", async () => {
    const { body } = await fetchJson("/symbols/Q-ONE/quality?curves=1");
    for (const model of body.labels[0].models) {
      const { precision_recall: points, reliability } = model.curves;
      expect(points).toHaveLength(20);
      const mean = points.reduce((sum: number, { precision }: Answer["body"]) => sum + precision, 0) / 20;
      expect(mean).toBeCloseTo(model.pr_auc.value, 10);
      for (const { precision, low, high } of points) expect(low <= precision && precision <= high).toBe(true);
      const plain = reliability.map(({ low, high, ...bin }: Answer["body"]) => [bin, low === null, high === null]);
      expect(plain.map(([bin]: [object]) => bin)).toEqual(model.reliability);
      const bare = reliability.filter(({ count, low }: Answer["body"]) => count > 0 && low === null);
      expect(model.missing.some((text: string) => text.startsWith("intervals of curves.reliability at"))).toBe(
        bare.length > 0,
      );
    }
    expect((await fetchJson("/symbols/Q-ONE/quality")).body.labels[0].models[0]).not.toHaveProperty("curves");
  });

  it("has no curve below two blocks, and says so", async () => {
    await ingest(market("Q-FEW", 1500));
    const { body } = await fetchJson("/symbols/Q-FEW/quality?curves=1");
    const [model] = body.labels[0].models;
    expect([model.blocks, model.curves]).toEqual([1, null]);
    expect(model.missing).toContain("curves: 1 block with resolved steps, at least 2 are needed");
  });

  it("refuses unknown values, naming them", async () => {
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
    expect(await fetchJson("/symbols/Q-ONE/quality?curves=2")).toMatchObject({
      status: 400,
      body: { code: "curves_malformed", detail: 'curves: got "2", expected 0 or 1' },
    });
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
